/** The members of a room, and which of them are typing. */

import type { ServerMessage, User } from '../lib/protocol';
import type { Chat } from './common/chatTypes';
import { REPLY_TIMEOUT_MS } from './common/constants';
import type { Cancel, Clock } from './common/platform';
import type { Unsubscribe } from './common/roomTypes';
import { onFrame, request } from './featureRequests';
import * as defaults from './platform/defaults';
import { createEmitter } from './util/emitter';

/** A user that left is shown for this long, in milliseconds: a lost connection is usually replaced by then. */
const LEAVE_DELAY_MS = 5_000;
/** A user is shown as typing for this long, in milliseconds. */
const TYPING_TTL_MS = 6_000;
/** Typing is told at most this often, in milliseconds: half of what it is shown for. */
const TYPING_INTERVAL_MS = 3_000;

/**
 * How often the client of the first member, by user id, asks for the members, in milliseconds. The server then tells
 * the room which members are gone. The client of each further member waits twice as long as the one before, ten minutes
 * at most. A client that sees no other member waits ten minutes.
 */
const ASK_INTERVAL_MS = 30_000;
const MAX_ASK_INTERVAL_MS = 600_000;

/** Immutable; another object after each change. */
export interface PresenceSnapshot {
  /** The members that the server lists: all of a small room. Empty while the room is not joined. */
  readonly members: readonly User[];
  readonly memberCount: number;
  /** Other users that are typing now. */
  readonly typing: readonly User[];
}

/** The members of a room, followed until `stop()`. */
export interface Presence {
  readonly snapshot: PresenceSnapshot;
  /** Tells the room that this user is typing, at most once in 3 seconds. Call it on every key. */
  sendTyping(): void;
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends the subscription to the room. */
  stop(): void;
}

/** Options of {@link createPresence}. Both have defaults. */
export interface PresenceOptions {
  clock?: Clock;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

const EMPTY: PresenceSnapshot = { members: [], memberCount: 0, typing: [] };

/** Follows the members of a room. A room needs only one. It may be created before or after the join. */
export function createPresence(
  chat: Chat,
  roomName: string,
  { clock = defaults.clock, onError = console.error }: PresenceOptions = {},
): Presence {
  const room = chat.room(roomName);
  const emitter = createEmitter<{ change(): void }>(onError);
  const active = new Map<string, User>();
  /** Users that were announced, and when: a list that was read before may come after the announcement. */
  const announced = new Map<string, { user: User; at: number; isHere: boolean }>();
  const leaving = createExpiringUsers(clock, LEAVE_DELAY_MS, (user) => {
    if (active.delete(user.id) || count > active.size) count--;
    changed();
  });
  const typing = createExpiringUsers(clock, TYPING_TTL_MS, () => changed());
  let count = 0;
  let snapshot: PresenceSnapshot | undefined = EMPTY;
  let typingAllowedAt = 0;
  let askedAt = clock.now();
  /** Whether the list that was asked for is on its way. */
  let isAsking = false;

  const changed = (): void => {
    snapshot = undefined;
    emitter.emit('change');
  };
  const isSelf = (user: User): boolean => user.id === chat.user?.id;

  const replace = (members: readonly User[], memberCount: number): void => {
    leaving.clear();
    active.clear();
    for (const user of members) active.set(user.id, user);
    count = Math.max(memberCount, active.size);
    changed();
  };

  const onJoined = (user: User): void => {
    leaving.end(user);
    if (!active.has(user.id)) count++;
    active.set(user.id, user);
    changed();
  };

  const note = (user: User, isHere: boolean): void =>
    void announced.set(user.id, { user, at: clock.now(), isHere });

  /** Takes the list of a reply, with the users that joined and left while it was on its way. */
  const onList = (members: readonly User[], memberCount: number): void => {
    replace(members, memberCount);
    for (const [id, { user, at, isHere }] of announced) {
      if (clock.now() - at > REPLY_TIMEOUT_MS) announced.delete(id);
      else if (isHere) onJoined(user);
      else if (isAsking && at >= askedAt && active.has(id)) leaving.begin(user);
    }
  };

  const endTyping = (user: User): void => {
    if (typing.end(user)) changed();
  };

  const onPush = (frame: ServerMessage): void => {
    switch (frame.type) {
      case 'joined':
        onList(frame.members, frame.memberCount);
        isAsking = false;
        askedAt = clock.now();
        cancelTick();
        cancelTick = clock.after(ASK_INTERVAL_MS, tick);
        break;
      case 'memberJoined':
        note(frame.member, true);
        onJoined(frame.member);
        break;
      // The user's other pages do not count as other members.
      case 'memberLeft':
        if (isSelf(frame.member)) break;
        note(frame.member, false);
        leaving.begin(frame.member);
        endTyping(frame.member);
        break;
      case 'typing':
        if (isSelf(frame.from)) break;
        typing.begin(frame.from);
        changed();
        break;
      default:
    }
  };

  const ask = (): void => {
    askedAt = clock.now();
    isAsking = true;
    request(room, { action: 'joinRoom', after: room.snapshot.cursor }).catch(() => {
      isAsking = false;
    });
  };

  /** Asks for the members, if no member before this one in the order of ids did so in time. */
  const tick = (): void => {
    cancelTick = clock.after(ASK_INTERVAL_MS, tick);
    const own = chat.user?.id ?? '';
    const others = [...active.keys()].filter((id) => id !== own);
    // An announcement may have been lost: a list that names nobody else may be wrong, too.
    const rank = others.length === 0 ? Number.POSITIVE_INFINITY : others.filter((id) => id < own).length;
    const waitMs = Math.min(MAX_ASK_INTERVAL_MS, ASK_INTERVAL_MS * 2 ** rank);
    const isSmall = active.size > 0 || count === 0;
    // Half an interval less: a timer may end a little early.
    const isDue = clock.now() - askedAt > waitMs - ASK_INTERVAL_MS / 2;
    if (isSmall && isDue && room.snapshot.state === 'joined') ask();
  };
  let cancelTick = clock.after(ASK_INTERVAL_MS, tick);

  const clear = (): void => {
    typing.clear();
    announced.clear();
    replace([], 0);
  };

  const stops = [
    onFrame(room, onPush),
    room.on('message', ({ from }) => {
      // What was typed is sent: the next key is told at once.
      if (isSelf(from)) typingAllowedAt = 0;
      endTyping(from);
    }),
    room.on('change', () => {
      if (room.snapshot.state === 'left' && count > 0) clear();
    }),
  ];

  // The members come with `joined`: where the room is joined already, another one is asked for.
  if (room.snapshot.state === 'joined') ask();

  return {
    get snapshot() {
      snapshot ??= { members: [...active.values()], memberCount: count, typing: typing.users() };
      return snapshot;
    },
    sendTyping() {
      const now = clock.now();
      if (room.snapshot.state !== 'joined' || now < typingAllowedAt) return;
      typingAllowedAt = now + TYPING_INTERVAL_MS;
      // No caller waits for it, and the next key sends it again.
      request(room, { action: 'typing' }).catch(() => {});
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      cancelTick();
      for (const stop of stops) stop();
      clear();
    },
  };
}

/** A set of users that each leave after a time. */
function createExpiringUsers(clock: Clock, lastsMs: number, over: (user: User) => void) {
  const running = new Map<string, { user: User; cancel: Cancel }>();

  /** Removes a user; tells whether the user was in the set. */
  const end = ({ id }: User): boolean => {
    running.get(id)?.cancel();
    return running.delete(id);
  };

  return {
    end,
    begin(user: User): void {
      end(user);
      const cancel = clock.after(lastsMs, () => {
        end(user);
        over(user);
      });
      running.set(user.id, { user, cancel });
    },
    users: () => [...running.values()].map(({ user }) => user),
    clear(): void {
      for (const { user } of running.values()) end(user);
    },
  };
}
