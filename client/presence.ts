/** Who is in a room, and who of them is typing. */

import type { ServerMessage, User } from '../lib/protocol';
import * as defaults from './platform/defaults';
import type { Cancel, Clock } from './platform/platform';
import type { Chat, Stop } from './types';
import { createEmitter } from './util/emitter';

/** Who leaves is shown for this long still, in milliseconds: a dropped connection is usually back by then. */
const LEAVING_MS = 5_000;
/** Who typed is shown as typing for this long, in milliseconds. */
const TYPING_MS = 6_000;
/** Typing is told at most this often, in milliseconds: half of what it is shown for. */
const TYPING_EVERY_MS = 3_000;

/** Immutable; another object after each change. */
export interface PresenceSnapshot {
  /** As many as the server lists, which is all of a small room. Nobody while this user is not in the room. */
  readonly members: readonly User[];
  readonly memberCount: number;
  /** Others who are typing now. */
  readonly typing: readonly User[];
}

export interface Presence {
  readonly snapshot: PresenceSnapshot;
  /** Tells the room that this user is typing, at most once in 3 seconds. Call it on every key. */
  tellTyping(): void;
  /** Calls back when the snapshot is another one. */
  onChange(listener: () => void): Stop;
  /** Follows no more. */
  stop(): void;
}

export interface PresenceOptions {
  clock?: Clock;
  /** Told of what listeners threw; by default the console is. */
  onError?(error: unknown): void;
}

const NOBODY: PresenceSnapshot = { members: [], memberCount: 0, typing: [] };

/** Follows who is in a room from the next time that it is joined: make it before. One is enough for a room. */
export function createPresence(
  chat: Chat,
  roomName: string,
  { clock = defaults.clock, onError = console.error }: PresenceOptions = {},
): Presence {
  const room = chat.room(roomName);
  const emitter = createEmitter<{ change(): void }>(onError);
  const here = new Map<string, User>();
  const leaving = createPassing(clock, LEAVING_MS, (user) => {
    if (here.delete(user.id) || count > here.size) count--;
    changed();
  });
  const typing = createPassing(clock, TYPING_MS, () => changed());
  let count = 0;
  let snapshot: PresenceSnapshot | undefined = NOBODY;
  let mayTellAt = 0;

  const changed = (): void => {
    snapshot = undefined;
    emitter.emit('change');
  };
  const isSelf = (user: User): boolean => user.id === chat.user?.id;

  const replace = (members: readonly User[], memberCount: number): void => {
    leaving.clear();
    here.clear();
    for (const user of members) here.set(user.id, user);
    count = Math.max(memberCount, here.size);
    changed();
  };

  const stopsTyping = (user: User): void => {
    if (typing.end(user)) changed();
  };

  const hear = (frame: ServerMessage): void => {
    switch (frame.type) {
      case 'joined':
        replace(frame.members, frame.memberCount);
        break;
      case 'memberJoined':
        leaving.end(frame.member);
        if (!here.has(frame.member.id)) count++;
        here.set(frame.member.id, frame.member);
        changed();
        break;
      // Another page of this user's does not come, go or type here.
      case 'memberLeft':
        if (isSelf(frame.member)) break;
        leaving.begin(frame.member);
        stopsTyping(frame.member);
        break;
      case 'typing':
        if (isSelf(frame.from)) break;
        typing.begin(frame.from);
        changed();
        break;
      default:
    }
  };

  const clear = (): void => {
    typing.clear();
    replace([], 0);
  };

  const stops = [
    room.on('frame', hear),
    room.on('message', ({ from }) => {
      // What was typed is sent: the next key is told at once.
      if (isSelf(from)) mayTellAt = 0;
      stopsTyping(from);
    }),
    room.on('change', () => {
      if (room.snapshot.state === 'left' && count > 0) clear();
    }),
  ];

  return {
    get snapshot() {
      snapshot ??= { members: [...here.values()], memberCount: count, typing: typing.users() };
      return snapshot;
    },
    tellTyping() {
      const now = clock.now();
      if (room.snapshot.state !== 'joined' || now < mayTellAt) return;
      mayTellAt = now + TYPING_EVERY_MS;
      // Nobody waits for it, and the next key tells it again.
      room.ask({ action: 'typing' }).catch(() => {});
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      for (const stop of stops) stop();
      clear();
    },
  };
}

/** Users of whom something is true for a while. */
function createPassing(clock: Clock, lastsMs: number, over: (user: User) => void) {
  const running = new Map<string, { user: User; cancel: Cancel }>();

  /** Tells whether it was true until now. */
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
