import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Chat } from '../common/chatTypes';
import { createFiles, type Files, type FilesOptions } from '../files';
import { stayIn } from './lifecycles';

/** The messages whose files are on their way, and the ways to send and read files. */
export interface FilesView extends Pick<Files, 'send' | 'retry' | 'discard' | 'read'> {
  /** Oldest first, each with the bytes that are uploaded. */
  readonly sends: Files['snapshot'];
}

/**
 * Follows this user's uploads in a room, which it joins as `useRoom` does. They go on without the component, until the
 * chat is closed. The `options` of the first call for a room count.
 */
export function useFiles(chat: Chat, name: string, options: FilesOptions): FilesView {
  useEffect(() => stayIn(chat, chat.room(name)), [chat, name]);
  // A closed chat has ended its uploads.
  const read = () => filesOf(chat, name, options);
  const files = useSyncExternalStore(
    useCallback((changed) => chat.on('state', changed), [chat]),
    read,
    read,
  );
  const sends = useSyncExternalStore(
    files.onChange,
    () => files.snapshot,
    () => files.snapshot,
  );
  const { send, retry, discard, read: readFile } = files;
  return useMemo(
    () => ({ sends, send, retry, discard, read: readFile }),
    [sends, send, retry, discard, readFile],
  );
}

/** Gives the files of a room outside of rendering: those that {@link useFiles} follows. */
export function filesOf(chat: Chat, name: string, options: FilesOptions): Files {
  const rooms = roomsOf(chat);
  const known = rooms.get(name) ?? createFiles(chat.room(name), options);
  rooms.set(name, known);
  return known;
}

const chats = new WeakMap<Chat, Map<string, Files>>();

function roomsOf(chat: Chat): Map<string, Files> {
  const known = chats.get(chat);
  if (known) return known;
  const rooms = new Map<string, Files>();
  chats.set(chat, rooms);
  chat.on('state', (state) => {
    if (state.kind !== 'disconnected' || state.reason !== 'closed') return;
    for (const files of rooms.values()) files.stop();
    rooms.clear();
  });
  return rooms;
}
