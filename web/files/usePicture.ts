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

/** Reads a picture, or the tile in its place, once it is wanted. */
export function usePicture(
  seq: number,
  { id, type, tile }: FileInfo,
  { isWanted = true, isTile = false } = {},
): PictureState {
  const files = useRoomFiles();
  const [state, setState] = useState<PictureState>({ kind: 'waiting' });
  useEffect(() => {
    if (!isWanted) return;
    let address: string | undefined;
    let isOver = false;
    setState({ kind: 'waiting' });
    readOnce(files, seq, { id, ...(isTile && tile && { tile }) }).then(
      (content) => {
        if (isOver) return;
        // A browser reads the format of a picture from its content, whatever the type of a tile.
        address = URL.createObjectURL(new Blob([content], { type }));
        setState({ kind: 'shown', address });
      },
      (error: Error) => isOver || setState({ kind: 'failed', reason: error.message }),
    );
    return () => {
      isOver = true;
      if (address) URL.revokeObjectURL(address);
    };
  }, [files, seq, id, type, tile, isWanted, isTile]);
  return state;
}

function readOnce(files: Files, seq: number, file: Pick<FileInfo, 'id' | 'tile'>): Promise<Blob> {
  const pictures = kept.get(files) ?? new Map<string, Promise<Blob>>();
  kept.set(files, pictures);
  const key = `${file.id} ${file.tile}`;
  const known = pictures.get(key);
  if (known) return known;
  const content = files.readTile(seq, file);
  pictures.set(key, content);
  content.catch(() => pictures.delete(key));
  for (const [oldest] of pictures) if (pictures.size > MAX_KEPT) pictures.delete(oldest);
  return content;
}
