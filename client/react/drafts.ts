import { useEffect, useSyncExternalStore } from 'react';
import type { Chat } from '../common/chatTypes';
import type { Room } from '../common/roomTypes';
import { type Drafts, type DraftView, watchDrafts } from '../drafts';
import { stayIn } from './lifecycles';

const allDrafts = new WeakMap<Room, Drafts>();

/** Follows what is being written in a room, which it joins as `useRoom` does. */
export function useDrafts(chat: Chat, name: string): readonly DraftView[] {
  const room = chat.room(name);
  const drafts = allDrafts.get(room) ?? watchDrafts(room);
  allDrafts.set(room, drafts);
  useEffect(() => stayIn(chat, room), [chat, room]);
  return useSyncExternalStore(
    drafts.onChange,
    () => drafts.snapshot,
    () => drafts.snapshot,
  );
}
