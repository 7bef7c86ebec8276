import { useEffect, useMemo, useState } from 'react';
import type { Chat, MessageView, RoomSnapshot } from '../../client';
import type { RoomListView } from '../../client/react/followedRooms';
import { type FollowedRoom, MOST_MENTIONS, MOST_UNREAD, type ReadPosition } from '../../lib/protocol';
import { unreadIn } from '../pure/unread';
import type { StoredMarks } from './useStoredMarks';

/** How far the user has read each room, on all devices. */
export interface ReadMarks {
  /** The seq up to which a room is read; `undefined` while that is not known. */
  upTo(room: string): number | undefined;
  /** How many messages are unread; above 99 the number says no more than that. */
  unreadIn(room: string): number;
  /** How many unread messages mention the user; above 9 the number says no more than that. */
  mentionsIn(room: string): number;
  mark(room: string, seq: number): void;
  /** Marks a message and all above it as unread; missing for a room that the user does not follow. */
  unmarkIn(room: string): ((seq: number) => void) | undefined;
}

interface Props {
  chat: Chat;
  list: RoomListView;
  followed: ReadonlyMap<string, FollowedRoom>;
  stored: StoredMarks;
  rooms: readonly RoomSnapshot[];
  /** The open room. */
  current: string;
  me: string;
}

/**
 * Follows the server's marks of the rooms on the user's list, and the browser's of other rooms. What is marked here
 * counts at once. An open room that a device marks as unread stays so until it is opened again, or the user writes there.
 */
export function useReadMarks({ chat, list, followed, stored, rooms, current, me }: Props) {
  const { isLoaded, markRead, markUnread } = list;
  /** What was read here, of which the server may not know yet. */
  const [seen, setSeen] = useState<ReadonlyMap<string, ReadPosition>>(new Map());
  /** Rooms that were put on the list here: what they held then counts as read. */
  const [entered, setEntered] = useState<readonly string[]>([]);
  const versionIn = (room: string) => followed.get(room)?.read?.version ?? 0;
  const version = followed.has(current) ? versionIn(current) : undefined;
  const [opened, setOpened] = useState({ room: current, version });
  if (opened.room !== current || (opened.version === undefined && version !== undefined))
    setOpened({ room: current, version });
  const keptUnread = version !== undefined && version > (opened.version ?? version) ? current : undefined;

  useEffect(
    () =>
      chat.room(current).on('message', ({ from }, { live }) => {
        if (live && from.id === me) setOpened({ room: current, version: undefined });
      }),
    [chat, current, me],
  );

  const marks = useMemo((): ReadMarks => {
    const mentionsMe = ({ mentions }: MessageView) => mentions?.includes(me);
    const upTo = (room: string) => {
      const follow = followed.get(room);
      if (!follow) return stored.upTo(room);
      const { read, unread } = follow;
      const own = seen.get(room);
      if (own?.version === (read?.version ?? 0)) return Math.max(own.seq, read?.seq ?? 0);
      return read || unread !== undefined ? (read?.seq ?? 0) : undefined;
    };
    return {
      upTo,
      unreadIn(room) {
        const { read, unread } = followed.get(room) ?? {};
        const { state, messages, hasOlder } = chat.room(room).snapshot;
        const seq = upTo(room) ?? 0;
        const reachesDown = state === 'joined' && (!hasOlder || (messages[0]?.seq ?? 0) <= seq + 1);
        // The server counts the user's own messages too.
        if (reachesDown || unread === undefined || seq > (read?.seq ?? 0))
          return unreadIn(messages, upTo(room), me);
        return typeof unread === 'number' ? unread : MOST_UNREAD + 1;
      },
      mentionsIn(room) {
        const { read, mentions = 0 } = followed.get(room) ?? {};
        const seq = upTo(room);
        if (seq === undefined || seq > (read?.seq ?? 0) || !followed.has(room))
          return unreadIn(chat.room(room).snapshot.messages.filter(mentionsMe), seq, me);
        return typeof mentions === 'number' ? mentions : MOST_MENTIONS + 1;
      },
      mark(room, seq) {
        if (room === keptUnread) return;
        stored.mark(room, seq);
        const follow = followed.get(room);
        if (follow && seq > (upTo(room) ?? -1))
          setSeen((others) => new Map(others).set(room, { seq, version: follow.read?.version ?? 0 }));
      },
      unmarkIn: (room) =>
        // Without a connection the room stays as it is.
        followed.has(room) ? (seq) => void markUnread(room, seq).catch(() => {}) : undefined,
    };
  }, [chat, followed, stored, seen, keptUnread, me, markUnread]);

  useEffect(() => {
    if (!isLoaded) return;
    for (const [room, { seq, version }] of seen) {
      const follow = followed.get(room);
      if (follow && version === (follow.read?.version ?? 0) && seq > (follow.read?.seq ?? 0))
        markRead(room, seq);
    }
  }, [isLoaded, seen, followed, markRead]);

  useEffect(() => {
    const known = rooms.filter(({ name, cursor }) => cursor !== undefined && entered.includes(name));
    if (known.length === 0) return;
    for (const { name, cursor = 0 } of known) marks.mark(name, cursor);
    setEntered((others) => others.filter((name) => !known.some((room) => room.name === name)));
  }, [rooms, entered, marks]);

  return { marks, setEntered };
}
