import { useEffect, useMemo, useRef, useState } from 'react';
import type { Chat } from '../../client';
import { useFollowedRooms } from '../../client/react/followedRooms';
import type { ServerList } from '../hooks/useRoomList';
import type { Memory } from '../memory';
import { lastOf } from '../pure/unread';

export interface FollowedRoomsProps {
  chat: Chat;
  memory: Memory;
  /** The id of the user. */
  me: string;
  /** The open room. */
  current: string;
  onList(list: ServerList): void;
}

/**
 * Tells the server's list of the rooms that the user follows, oldest first, and each change of it. Follows a room that
 * is opened. It shows nothing itself.
 */
export function FollowedRooms({ chat, memory, me, current, onList }: FollowedRoomsProps) {
  const { rooms, isLoaded, hasMore, follow, unfollow, loadMore } = useFollowedRooms(chat);
  /** Rooms that are being taken off the list. */
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  const followed = useMemo(() => new Map(rooms.map((room) => [room.room, room])), [rooms]);
  const [wasLoaded, setLoaded] = useState(false);
  if (isLoaded && !wasLoaded) setLoaded(true);

  const list = useMemo(
    (): ServerList => ({
      names: [...followed.values()]
        .filter(({ room }) => !leaving.includes(room))
        .sort((a, b) => a.since - b.since)
        .map(({ room }) => room),
      lastIn(name) {
        const { last } = followed.get(name) ?? {};
        return last && lastOf([last], me);
      },
      leave(name) {
        setLeaving((others) => [...others, name]);
        // Without a connection the room comes back.
        unfollow(name)
          .catch(() => {})
          .finally(() => setLeaving((others) => others.filter((other) => other !== name)));
      },
      ...(hasMore && { loadMore: () => void loadMore().catch(() => {}) }),
    }),
    [followed, leaving, me, hasMore, unfollow, loadMore],
  );
  useEffect(() => {
    if (wasLoaded) onList(list);
  }, [onList, list, wasLoaded]);
  useEffect(() => {
    // A chat that is closed may have signed out: nothing of its user stays.
    if (isLoaded) memory.write('rooms', list.names);
  }, [memory, list, isLoaded]);

  /** The room that was opened last: one that another device takes off the list is not followed again. */
  const opened = useRef<string>(undefined);
  useEffect(() => {
    if (!isLoaded || opened.current === current) return;
    opened.current = current;
    // Without it the room stays until another one is opened.
    if (!followed.has(current)) follow(current).catch(() => {});
  }, [isLoaded, current, followed, follow]);
  return null;
}
