/** The rooms that a user follows: one list for all devices of the user. */

import {
  type FollowedRoom,
  LIMITS,
  type LogEntry,
  type Reply,
  type RoomSettings,
  type ServerMessage,
  type User,
} from '../lib/protocol';
import type { Chat } from './common/chatTypes';
import type { ChatError } from './common/errors';
import type { Clock } from './common/platform';
import type { Unsubscribe } from './common/roomTypes';
import { isPermanent, unexpected } from './connection/requestErrors';
import * as defaults from './platform/defaults';
import { onFrame, request } from './requests';
import {
  type Counts,
  type Followed,
  isNewer,
  isUncertain,
  joined,
  toldBy,
  viewOf,
  withCounts,
  withEntry,
} from './rooms/followed';
import { insist } from './rooms/insist';
import { createMarks } from './rooms/marks';
import { createRecounts } from './rooms/recounts';
import { createEmitter } from './util/emitter';

export type { FollowedRoom };

/** The list as it is known now. Immutable; another object after each change. */
export interface RoomListSnapshot {
  /**
   * Sorted by name. A room has no `head` if this user may not read it, or if it came after the list was read. `unread`
   * counts the messages above the user's mark, own messages included, and `mentions` those that mention the user.
   */
  readonly rooms: readonly FollowedRoom[];
  /** Whether the list was read on the present connection. */
  readonly isLoaded: boolean;
  /** Whether there are more rooms: `loadMore()` reads the next page. */
  readonly hasMore: boolean;
  /** Why the list could not be read. It is read again, unless the server would refuse that again. */
  readonly error: ChatError | undefined;
}

/** The rooms that a user follows, kept up to date until `stop()`. */
export interface RoomList {
  readonly snapshot: RoomListSnapshot;
  /** Reads the next page. Rejects with the server's reason, `notJoined` or `timeout`. */
  loadMore(): Promise<void>;
  /**
   * Puts a room on the list of every device. Rejects with `tooMany` above 500, or `forbidden` without the right to
   * read.
   */
  follow(room: string): Promise<void>;
  /** Takes a room off the list of every device. It leaves no room that was joined. */
  unfollow(room: string): Promise<void>;
  /**
   * Marks a followed room as read up to a seq, on every device: at once, or within 2 s of the mark before. Does nothing
   * below the mark that holds, or without a connection. Call it for what the user sees.
   */
  markRead(room: string, seq: number): void;
  /**
   * Marks the message at a seq, and all above it, as unread on every device. Rejects with the server's reason,
   * `notJoined` or `timeout`.
   */
  markUnread(room: string, seq: number): Promise<void>;
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends the subscription to the chat. */
  stop(): void;
}

/** Options of {@link createRoomList}. Both have defaults. */
export interface RoomListOptions {
  clock?: Clock;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

/**
 * Follows the list of a user's rooms. It reads the list at each new connection, as many pages as it had. In between,
 * the server tells what other devices change, and entries of joined rooms move their heads and counts.
 */
export function createRoomList(
  chat: Chat,
  { clock = defaults.clock, onError = console.error }: RoomListOptions = {},
): RoomList {
  const emitter = createEmitter<{ change(): void }>(onError);
  let rooms = new Map<string, Followed>();
  /** What has changed since the read that is under way began; `undefined` stands for a room that is off the list. */
  const changes = new Map<string, Followed | undefined>();
  let next: string | undefined;
  let pages = 1;
  let reads = 0;
  let isConnected = false;
  let user = chat.user?.id;
  let snapshot: RoomListSnapshot = { rooms: [], isLoaded: false, hasMore: false, error: undefined };

  const publish = (given: Partial<RoomListSnapshot> = {}): void => {
    const sorted = [...rooms.values()].sort((a, b) => (a.room < b.room ? -1 : 1));
    snapshot = {
      ...snapshot,
      ...given,
      rooms: sorted.slice(0, LIMITS.followsPerUser).map(viewOf),
      hasMore: next !== undefined,
    };
    emitter.emit('change');
  };

  const set = (room: string, follow: Followed | undefined): void => {
    changes.set(room, follow);
    if (follow) rooms.set(room, follow);
    else rooms.delete(room);
    publish();
  };

  /** Notes what a joined room is called from now on. */
  const onSettings = (name: string, { title }: RoomSettings = {}): void => {
    const follow = rooms.get(name);
    if (!follow || follow.title === title) return;
    const { title: _, ...rest } = follow;
    set(name, title === undefined ? rest : { ...rest, title });
  };

  /** Adds a room, or leaves the one that is known as it is. */
  const add = ({ room, since, with: other }: FollowedRoom): void =>
    set(room, rooms.get(room) ?? toldBy({ room, since, ...(other !== undefined && { with: other }) }));

  const readPage = async (from: string | undefined): Promise<Extract<Reply, { type: 'rooms' }>> => {
    const reply = await insist(chat, clock, { action: 'getRooms', ...(from !== undefined && { from }) });
    if (reply.type === 'rooms') return reply;
    throw unexpected(reply);
  };

  /** Reads pages from a place on, and puts them in the place of `known`, unless another read has begun. */
  const read = async (
    known: ReadonlyMap<string, Followed>,
    from: string | undefined,
    most: number,
  ): Promise<void> => {
    const own = ++reads;
    changes.clear();
    const found = new Map(known);
    let place = from;
    for (let page = 0; page < most; page++) {
      const reply = await readPage(place);
      if (own !== reads) return;
      for (const follow of reply.rooms) found.set(follow.room, toldBy(follow));
      place = reply.next;
      if (place === undefined) break;
    }
    for (const [room, follow] of changes) {
      const told = found.get(room);
      if (follow) found.set(room, told ? joined(told, follow) : follow);
      else found.delete(room);
    }
    rooms = found;
    next = place;
    publish({ isLoaded: true, error: undefined });
    if ([...rooms.values()].some(isUncertain)) recounts.soon();
  };

  const reload = async (): Promise<void> => {
    const own = reads + 1;
    try {
      await read(new Map(), undefined, pages);
    } catch (thrown) {
      const error = thrown as ChatError;
      if (own !== reads) return;
      publish({ error });
      if (!isPermanent(error)) recounts.soon();
    }
  };

  /** Only the server can count what this client has not seen. */
  const recounts = createRecounts(clock, async () => {
    if (isConnected) await reload();
  });

  const onState = (): void => {
    const wasConnected = isConnected;
    isConnected = chat.state.kind === 'connected';
    if (isConnected && !wasConnected) void reload();
    else if (!isConnected && wasConnected) publish({ isLoaded: false });
  };

  const onEntry = (name: string, entry: LogEntry): void => {
    const follow = rooms.get(name);
    if (!follow) return;
    const { room, isExact } = withEntry(follow, entry, user);
    if (room !== follow) set(name, room);
    if (!isExact && follow.unread !== undefined) recounts.soon();
  };

  const joinedRooms = new Map<string, Unsubscribe[]>();

  /** Counts the entries of a joined room, which come once, in order. */
  const watch = (name: string): void => {
    if (joinedRooms.has(name)) return;
    const room = chat.room(name);
    joinedRooms.set(name, [
      room.on('entry', (entry) => onEntry(name, entry)),
      room.on('gap', recounts.soon),
      room.on('reset', recounts.soon),
    ]);
  };

  const onUser = ({ id }: User): void => {
    if (user !== undefined && id !== user) {
      reads++;
      rooms.clear();
      next = undefined;
      pages = 1;
      publish({ isLoaded: false });
    }
    user = id;
  };

  const onMark = (room: string, told: Counts): void => {
    const follow = rooms.get(room);
    if (!follow || !isNewer(told, follow)) return;
    const next = withCounts(follow, told);
    set(room, next);
    if (told.unread === undefined || isUncertain(next)) recounts.soon();
  };

  const onPush = (frame: ServerMessage): void => {
    if (frame.type === 'roomAdded') {
      if (!rooms.has(frame.room)) recounts.soon();
      add(frame);
    } else if (frame.type === 'roomRemoved') set(frame.room, undefined);
    else if (frame.type === 'readMarked') onMark(frame.room, { ...frame, counted: frame.head });
    else if (frame.type === 'roomSet') onSettings(frame.room, frame.settings);
    else if (frame.type === 'error') {
      // A refused mark tells the one that holds.
      const { room = '', read } = frame;
      if (read) onMark(room, { read, counted: rooms.get(room)?.counted ?? 0 });
    } else if ('room' in frame && (frame.type === 'joined' || 'seq' in frame)) {
      watch(frame.room);
      if (frame.type === 'joined') onSettings(frame.room, frame.settings);
    }
  };

  const marks = createMarks(chat, clock, (room) => rooms.get(room)?.read);

  let latest: Promise<unknown> = Promise.resolve();

  /** Asks once the changes before have their answers: the server may handle two at once in either order. */
  const change = (action: 'follow' | 'unfollow', room: string): Promise<unknown> => {
    const answered = latest.then(() => insist(chat, clock, { action, room }));
    latest = answered.catch(() => {});
    return answered;
  };

  const stops = [chat.on('user', onUser), chat.on('state', onState), onFrame(chat, onPush)];
  onState();

  return {
    get snapshot() {
      return snapshot;
    },
    async loadMore() {
      if (next === undefined) return;
      await read(rooms, next, 1);
      pages++;
    },
    async follow(room) {
      await change('follow', room);
      const since = [...rooms.values()].reduce((most, { since }) => Math.max(most, since + 1), 0);
      add({ room, since: Math.max(since, clock.now()) });
    },
    async unfollow(room) {
      await change('unfollow', room);
      set(room, undefined);
    },
    markRead(room, seq) {
      if (rooms.has(room)) marks.markRead(room, seq);
    },
    markUnread: marks.markUnread,
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      reads++;
      recounts.stop();
      for (const stop of [...stops, ...[...joinedRooms.values()].flat()]) stop();
    },
  };
}

/**
 * Opens the room of this user and another one, which nobody else can enter. It joins the lists of both. Gives the room's
 * name. Rejects with `badField` for a user who was never here, `tooMany` if a list is full, or `forbidden`.
 */
export async function openDirect(chat: Chat, user: string): Promise<string> {
  const reply = await request(chat, { action: 'openDirect', user });
  if (reply.type === 'direct') return reply.room;
  throw unexpected(reply);
}
