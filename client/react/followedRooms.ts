import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Chat } from '../common/chatTypes';
import { createRoomList, type RoomList, type RoomListSnapshot } from '../rooms';
import { hold, startChat } from './lifecycles';

/** The rooms that this user follows on every device, and the ways to change the list. */
export interface RoomListView extends RoomListSnapshot, Pick<RoomList, 'follow' | 'unfollow' | 'loadMore'> {}

const roomLists = new WeakMap<Chat, RoomList>();

/** Follows the list of this user's rooms. It joins none of them: `useRooms` does. */
export function useFollowedRooms(chat: Chat): RoomListView {
  const list = roomLists.get(chat) ?? createRoomList(chat);
  roomLists.set(chat, list);
  useEffect(() => hold(chat, startChat), [chat]);
  const snapshot = useSyncExternalStore(
    list.onChange,
    () => list.snapshot,
    () => list.snapshot,
  );
  const { follow, unfollow, loadMore } = list;
  return useMemo(() => ({ ...snapshot, follow, unfollow, loadMore }), [snapshot, follow, unfollow, loadMore]);
}
