import { useEffect, useMemo, useRef, useState } from 'react';
import type { Chat, RoomSnapshot } from '../../client';
import { usePresence } from '../../client/react';
import { useFollowedRooms } from '../../client/react/followedRooms';
import type { Memory } from '../browserStorage';
import { type ReadMarks, useReadMarks } from '../hooks/useReadMarks';
import type { ServerList } from '../hooks/useRoomList';
import { useStoredMarks } from '../hooks/useStoredMarks';
import { useUnreadIcon } from '../hooks/useUnreadIcon';
import { useUserNames } from '../hooks/useUserNames';
import { endOfId } from '../pure/people';
import { lastOf } from '../pure/unread';

export interface FollowedRoomsProps {
  chat: Chat;
  memory: Memory;
  /** The id of the user. */
  me: string;
  /** The joined rooms. */
  rooms: readonly RoomSnapshot[];
  /** The open room. */
  current: string;
  /** Rooms that were opened, the latest last. */
  opened: readonly string[];
  hasUnread: boolean;
  onList(list: ServerList): void;
  onMarks(marks: ReadMarks): void;
}

/**
 * Tells the server's list of the rooms that the user follows, oldest first, with what is read of each, and each change
 * of it. Follows rooms that are opened. It shows nothing itself but the icon of unread messages.
 */
export function FollowedRooms(props: FollowedRoomsProps) {
  const { chat, memory, me, opened, onList, onMarks } = props;
  const view = useFollowedRooms(chat);
  const { rooms, isLoaded, hasMore, error, follow, unfollow, loadMore } = view;
  /** Rooms that are being taken off the list. */
  const [leaving, setLeaving] = useState<readonly string[]>([]);
  /** Rooms that are being put on the list. */
  const [joining, setJoining] = useState<readonly string[]>([]);
  const followed = useMemo(() => new Map(rooms.map((room) => [room.room, room])), [rooms]);
  const [wasLoaded, setLoaded] = useState(false);
  if (isLoaded && !wasLoaded) setLoaded(true);
  useUnreadIcon(props.hasUnread);
  const partners = useMemo(() => rooms.flatMap((room) => room.with ?? []), [rooms]);
  const { members } = usePresence(chat, props.current);
  const names = useUserNames(memory, partners, props.rooms, members);

  const stored = useStoredMarks(memory, props.rooms);
  const { marks, setEntered } = useReadMarks({ ...props, list: view, followed, stored });
  useEffect(() => {
    // Without the list, the marks of the browser hold.
    if (wasLoaded || error) onMarks(marks);
  }, [onMarks, marks, wasLoaded, error]);

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
      titleOf(name) {
        const { with: id } = followed.get(name) ?? {};
        return id === undefined ? undefined : { sign: '@', text: names.get(id) ?? id, mark: endOfId(id) };
      },
      labelOf(name) {
        const { title } = followed.get(name) ?? {};
        // Two rooms may have the same title.
        return title === undefined ? undefined : { sign: '#', text: title, mark: name };
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
    [followed, names, leaving, joining, me, hasMore, unfollow, loadMore],
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
        .then(
          () => setEntered((others) => [...others, room]),
          () => {},
        )
        .finally(() => setJoining((others) => others.filter((other) => other !== room)));
  }, [isLoaded, opened, followed, follow, setEntered]);
  return null;
}
