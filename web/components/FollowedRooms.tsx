import { useEffect, useMemo, useRef, useState } from 'react';
import type { Chat } from '../../client';
import { useFollowedRooms } from '../../client/react/followedRooms';
import type { Memory } from '../browserStorage';
import type { ServerList } from '../hooks/useRoomList';
import { lastOf } from '../pure/unread';

export interface FollowedRoomsProps {
  chat: Chat;
  memory: Memory;
  /** The id of the user. */
  me: string;
  /** Rooms that were opened, the latest last. */
  opened: readonly string[];
  onList(list: ServerList): void;
}

/**
 * Tells the server's list of the rooms that the user follows, oldest first, and each change of it. Follows rooms
 * that are opened. It shows nothing itself.
 */
export function FollowedRooms({ chat, memory, me, opened, onList }: FollowedRoomsProps) {
  const { rooms, isLoaded, hasMore, follow, unfollow, loadMore } = useFollowedRooms(chat);
  /** Rooms that are being taken off the list. */
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  /** Rooms that are being put on the list. */
  const [joining, setJoining] = useState<readonly string[]>([]);
  const followed = useMemo(() => new Map(rooms.map((room) => [room.room, room])), [rooms]);
  const [wasLoaded, setLoaded] = useState(false);
  if (isLoaded && !wasLoaded) setLoaded(true);

  const list = useMemo(
    (): ServerList => ({
      names: [
        ...[...followed.values()].sort((a, b) => a.since - b.since).map(({ room }) => room),
        ...joining.filter((room) => !followed.has(room)),
      ].filter((room) => !leaving.includes(room)),
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
    [followed, leaving, joining, me, hasMore, unfollow, loadMore],
  );
  useEffect(() => {
    if (wasLoaded) onList(list);
  }, [onList, list, wasLoaded]);
  useEffect(() => {
    // A chat that is closed may have signed out: nothing of its user stays.
    if (isLoaded) memory.write('rooms', list.names);
  }, [memory, list, isLoaded]);

  /** Rooms that were seen to: one that another device takes off the list is not followed again. */
  const seen = useRef<readonly string[]>([]);
  useEffect(() => {
    if (!isLoaded) return;
    const added = opened.filter((room) => !seen.current.includes(room) && !followed.has(room));
    seen.current = opened;
    if (added.length === 0) return;
    setJoining((others) => [...others, ...added]);
    // Without it the room stays until another one is opened.
    for (const room of added)
      follow(room)
        .catch(() => {})
        .finally(() => setJoining((others) => others.filter((other) => other !== room)));
  }, [isLoaded, opened, followed, follow]);
  return null;
}
