/** The rooms that a user follows: one list for all devices of the user. */

import { type FollowedRoom, LIMITS, type Reply, type ServerMessage, type User } from '../lib/protocol';
import type { Chat } from './common/chatTypes';
import { ChatError } from './common/errors';
import type { Clock } from './common/platform';
import type { Unsubscribe } from './common/roomTypes';
import { isPermanent } from './connection/requestErrors';
import * as defaults from './platform/defaults';
import { type ChatRequest, onFrame, request } from './requests';
import { createEmitter } from './util/emitter';

export type { FollowedRoom };

/** A request is made this often in all, and again after this long or what the server asks for, in milliseconds. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** The list as it is known now. Immutable; another object after each change. */
export interface RoomListSnapshot {
  /** Sorted by name. A room has no `head` if this user may not read it, or if it came after the list was read. */
  readonly rooms: readonly FollowedRoom[];
  /** Whether the list was read on the present connection. */
  readonly isLoaded: boolean;
  /** Whether there are more rooms: `loadMore()` reads the next page. */
  readonly hasMore: boolean;
  /** Why the list could not be read. The next connection reads it again. */
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
 * the server tells what other devices change, and entries of joined rooms move their heads.
 */
export function createRoomList(
  chat: Chat,
  { clock = defaults.clock, onError = console.error }: RoomListOptions = {},
): RoomList {
  const emitter = createEmitter<{ change(): void }>(onError);
  let rooms = new Map<string, FollowedRoom>();
  /** What has changed since the read that is under way began; `undefined` stands for a room that is off the list. */
  const changes = new Map<string, FollowedRoom | undefined>();
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
      rooms: sorted.slice(0, LIMITS.followsPerUser),
      hasMore: next !== undefined,
    };
    emitter.emit('change');
  };

  const set = (room: string, follow: FollowedRoom | undefined): void => {
    changes.set(room, follow);
    if (follow) rooms.set(room, follow);
    else rooms.delete(room);
    publish();
  };

  /** Adds a room, or leaves the one that is known as it is. */
  const add = (room: string, since: number): void => set(room, rooms.get(room) ?? { room, since });

  /** Makes a request again while the server cannot answer it, or asks to wait. */
  const insist = async (message: ChatRequest, attempt = 1): Promise<Reply> => {
    try {
      return await request(chat, message);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code === 'notJoined') throw error;
      if (isPermanent(error) || attempt === MAX_ATTEMPTS) throw error;
      await new Promise<void>((resolve) => clock.after(error.retryAfterMs ?? RETRY_MS * attempt, resolve));
      return insist(message, attempt + 1);
    }
  };

  const readPage = async (from: string | undefined): Promise<Extract<Reply, { type: 'rooms' }>> => {
    const reply = await insist({ action: 'getRooms', ...(from !== undefined && { from }) });
    if (reply.type === 'rooms') return reply;
    throw new ChatError('unavailable', `The server answered with ${reply.type}: try again.`);
  };

  /** Reads pages from a place on, and puts them in the place of `known`, unless another read has begun. */
  const read = async (
    known: ReadonlyMap<string, FollowedRoom>,
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
      for (const follow of reply.rooms) found.set(follow.room, follow);
      place = reply.next;
      if (place === undefined) break;
    }
    for (const [room, follow] of changes) {
      const { head = 0 } = found.get(room) ?? {};
      if (follow && (!found.has(room) || (follow.head ?? 0) > head)) found.set(room, follow);
      if (!follow) found.delete(room);
    }
    rooms = found;
    next = place;
    publish({ isLoaded: true, error: undefined });
  };

  const reload = (): void => {
    const own = reads + 1;
    read(new Map(), undefined, pages).catch((error: ChatError) => {
      if (own === reads) publish({ error });
    });
  };

  const onState = (): void => {
    const wasConnected = isConnected;
    isConnected = chat.state.kind === 'connected';
    if (isConnected && !wasConnected) reload();
    else if (!isConnected && wasConnected) publish({ isLoaded: false });
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

  const onPush = (frame: ServerMessage): void => {
    if (frame.type === 'roomAdded') add(frame.room, frame.since);
    else if (frame.type === 'roomRemoved') set(frame.room, undefined);
    else if ('seq' in frame && 'at' in frame && frame.type !== 'ack') {
      const follow = rooms.get(frame.room);
      if (!follow || (follow.head ?? 0) >= frame.seq) return;
      const { seq, at } = frame;
      const last = frame.type === 'message' ? { seq, at, from: frame.from, text: frame.text } : follow.last;
      set(frame.room, { ...follow, head: seq, at, ...(last && { last }) });
    }
  };

  let latest: Promise<unknown> = Promise.resolve();

  /** Asks once the changes before have their answers: the server may handle two at once in either order. */
  const change = (action: 'follow' | 'unfollow', room: string): Promise<unknown> => {
    const answered = latest.then(() => insist({ action, room }));
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
      add(room, Math.max(since, clock.now()));
    },
    async unfollow(room) {
      await change('unfollow', room);
      set(room, undefined);
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      reads++;
      for (const stop of stops) stop();
    },
  };
}
