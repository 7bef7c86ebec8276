import { useEffect, useState } from 'react';
import type { Files } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { useRoomFiles } from './roomFiles';

/** What there is to show of a picture. */
export type PictureState =
  | { kind: 'waiting' }
  | { kind: 'shown'; address: string }
  | { kind: 'failed'; reason: string };

/** Pictures that were read are kept for the gallery, the newest of each room. */
const MAX_KEPT = 50;

const kept = new WeakMap<Files, Map<string, Promise<Blob>>>();

/** Reads a picture once it is wanted. */
export function usePicture(seq: number, { id, type }: FileInfo, isWanted = true): PictureState {
  const files = useRoomFiles();
  const [state, setState] = useState<PictureState>({ kind: 'waiting' });
  useEffect(() => {
    if (!isWanted) return;
    let address: string | undefined;
    let isOver = false;
    setState({ kind: 'waiting' });
    readOnce(files, seq, id).then(
      (content) => {
        if (isOver) return;
        address = URL.createObjectURL(new Blob([content], { type }));
        setState({ kind: 'shown', address });
      },
      (error: Error) => isOver || setState({ kind: 'failed', reason: error.message }),
    );
    return () => {
      isOver = true;
      if (address) URL.revokeObjectURL(address);
    };
  }, [files, seq, id, type, isWanted]);
  return state;
}

function readOnce(files: Files, seq: number, id: string): Promise<Blob> {
  const pictures = kept.get(files) ?? new Map<string, Promise<Blob>>();
  kept.set(files, pictures);
  const known = pictures.get(id);
  if (known) return known;
  const content = files.read(seq, id);
  pictures.set(id, content);
  content.catch(() => pictures.delete(id));
  for (const [oldest] of pictures) if (pictures.size > MAX_KEPT) pictures.delete(oldest);
  return content;
}
