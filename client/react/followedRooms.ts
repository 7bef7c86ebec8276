import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Unread } from '../../lib/protocol';
import type { Chat } from '../common/chatTypes';
import { createRoomList, type RoomList, type RoomListSnapshot } from '../rooms';
import { totalOf } from '../rooms/followed';
import { hold, startChat } from './lifecycles';

/** The rooms that this user follows on every device, and the ways to change the list. */
export interface RoomListView
  extends RoomListSnapshot,
    Pick<RoomList, 'follow' | 'unfollow' | 'loadMore' | 'markRead' | 'markUnread'> {}

const roomLists = new WeakMap<Chat, RoomList>();

/** Follows the list of this user's rooms. It joins none of them: `useRooms` does. */
export function useFollowedRooms(chat: Chat): RoomListView {
  const list = listOf(chat);
  useEffect(() => hold(chat, startChat), [chat]);
  const snapshotOf = () => list.snapshot;
  const snapshot = useSyncExternalStore(list.onChange, snapshotOf, snapshotOf);
  const { follow, unfollow, loadMore, markRead, markUnread } = list;
  return useMemo(
    () => ({ ...snapshot, follow, unfollow, loadMore, markRead, markUnread }),
    [snapshot, follow, unfollow, loadMore, markRead, markUnread],
  );
}

/** How many messages this user has not read: in a followed room, or in all of them that are loaded. */
export function useUnread(chat: Chat, room?: string): Unread {
  const list = listOf(chat);
  useEffect(() => hold(chat, startChat), [chat]);
  const unreadNow = () =>
    totalOf(list.snapshot.rooms.filter((followed) => room === undefined || followed.room === room));
  return useSyncExternalStore(list.onChange, unreadNow, unreadNow);
}

function listOf(chat: Chat): RoomList {
  const list = roomLists.get(chat) ?? createRoomList(chat);
  roomLists.set(chat, list);
  return list;
}
