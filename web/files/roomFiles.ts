import { use, useSyncExternalStore } from 'react';
import type { Room } from '../../client';
import { createFiles, type FileSend, type Files } from '../../client/files';
import { FilesPlaceContext } from './context';

const all = new WeakMap<Room, Files>();

/** The files of the open room. They go on while the user reads another room. */
export function useRoomFiles(): Files {
  const place = use(FilesPlaceContext);
  if (!place) throw new Error('Files need the open room around them.');
  const { room, token } = place;
  const known = all.get(room) ?? createFiles(room, { url: location.origin, token });
  all.set(room, known);
  return known;
}

/** The messages whose files are not uploaded yet. */
export function useFileSends(files: Files): readonly FileSend[] {
  return useSyncExternalStore(files.onChange, () => files.snapshot);
}
