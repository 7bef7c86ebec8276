import { type Pong, parseRoom, ROOM_RULE, type ServerMessage, type User } from '../lib/protocol';
import type { Core } from './core';
import * as defaults from './defaults';
import { createEmitter } from './emitter';
import { ChatError } from './errors';
import { createFound } from './outbox/found';
import { createKeeper } from './outbox/keeper';
import { createMemoryOutbox } from './outbox/memory';
import { createRoom, type RoomParts } from './room/room';
import { createConnector } from './socket/connector';
import type { Link } from './socket/link';
import { type Pulse, startPulse } from './socket/pulse';
import type { Token } from './token';
import type { Chat, ChatEvents, ChatOptions, ChatState } from './types';
import type { Cancel } from './world';

const PING_EVERY_MS = 30_000;
/** CloudFront and API Gateway cut a connection that is quiet for ten minutes. */
const LONGEST_PING_MS = 9 * 60_000;
const SHORTEST_PING_MS = 1_000;
const KEEP_MESSAGES = 1_000;
const OUTBOX_SIZE = 200;
const OUTBOX_AGE_MS = 24 * 3_600_000;

/** Makes a chat; `connect()` starts it. */
export function createChat(options: ChatOptions): Chat {
  const {
    clock = defaults.clock,
    random = Math.random,
    open = defaults.openWith(),
    newId = defaults.newId,
    network = defaults.network,
    outbox = createMemoryOutbox(),
    onError = console.error,
    outboxAgeMs = OUTBOX_AGE_MS,
    outboxSize = OUTBOX_SIZE,
    pingEveryMs = PING_EVERY_MS,
  } = options;
  const pingMs = Math.max(SHORTEST_PING_MS, Math.min(LONGEST_PING_MS, pingEveryMs));
  const rooms = new Map<string, RoomParts>();
  let state: ChatState = { name: 'disconnected', reason: 'notStarted' };
  let user: User | undefined;
  let pulse: Pulse | undefined;
  let stopWatching: Cancel | undefined;
  let order = 0;

  const report = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // What reports errors has failed itself: nobody is left to tell.
    }
  };
  const emitter = createEmitter<ChatEvents>(report);

  const setState = (next: ChatState): void => {
    if (isSame(state, next)) return;
    state = next;
    if (next.name === 'disconnected' && next.reason === 'unauthorized') end(next.error);
    emitter.emit('state', next);
  };

  const closedBy = (): ChatError | undefined => {
    if (state.name !== 'disconnected' || state.reason === 'notStarted') return undefined;
    return state.reason === 'unauthorized' ? state.error : new ChatError('closed', 'The chat is closed.');
  };

  const learn = (token: Token): void => {
    const known = user;
    if (token.user) user = token.user;
    else report(new ChatError('unauthorized', 'The token names no user: it has no "sub".'));
    if (!user) return;
    if (known && known.id !== user.id) {
      // What is sent from now on belongs to the new user: it must not go out on a socket of the old one.
      connector.current()?.close();
      for (const parts of rooms.values()) parts.userChanged();
    }
    if (known?.id !== user.id || known.name !== user.name) emitter.emit('user', user);
    found.sort();
  };

  const found = createFound({
    user: () => user,
    oldest: () => clock.now() - outboxAgeMs,
    restore(name, records) {
      order = Math.max(order, ...records.map((record) => record.order));
      roomOf(name).restore(records);
    },
    remove: (id) => keeper.remove(id),
  });

  const keeper = createKeeper(outbox, {
    opened() {
      for (const parts of rooms.values()) parts.outboxOpened();
    },
    adopted: found.add,
    failed: report,
  });

  const pong = (link: Link, { log, behind, notJoined }: Pong): void => {
    for (const parts of rooms.values()) if (parts.cursorOn(link) !== undefined) parts.logIs(log);
    for (const [name, head] of Object.entries(behind)) rooms.get(name)?.behind(head);
    for (const name of notJoined) rooms.get(name)?.evicted(link);
  };

  const cursorsOn = (link: Link): Record<string, number> => {
    const cursors: Record<string, number> = {};
    for (const [name, parts] of rooms) {
      const cursor = parts.cursorOn(link);
      if (cursor !== undefined) cursors[name] = cursor;
    }
    return cursors;
  };

  const settled = (link: Link): void => {
    if (link === connector.current()) return;
    if ([...rooms.values()].every((parts) => parts.isSettled(link))) connector.ready(link);
  };

  const linksChanged = (): void => {
    for (const parts of rooms.values()) parts.linksChanged();
  };

  const connector = createConnector(
    { clock, random, open, url: options.url, token: options.token },
    {
      state: setState,
      token: learn,
      failed: report,
      opened(link) {
        linksChanged();
        settled(link);
      },
      promoted(link) {
        pulse = startPulse({ clock, random }, link, pingMs, {
          cursors: () => cursorsOn(link),
          pong: (reply) => pong(link, reply),
          expired: () => connector.expired(link),
        });
        keeper.adopt();
        linksChanged();
      },
      demoted() {
        pulse?.stop();
        pulse = undefined;
        linksChanged();
      },
      pushed(message: ServerMessage) {
        if ('room' in message && message.room !== undefined) rooms.get(message.room)?.pushed(message);
      },
    },
  );

  const wake = (): void => {
    pulse?.probe();
    connector.wake();
  };

  const end = (reason: ChatError): void => {
    stopWatching?.();
    stopWatching = undefined;
    found.clear();
    for (const parts of rooms.values()) parts.close(reason);
    keeper.close();
  };

  const core: Core = {
    clock,
    random,
    newId,
    keeper,
    keepMessages: options.keepMessages ?? KEEP_MESSAGES,
    nextOrder: () => ++order,
    isTooOld: (record) => clock.now() - record.at > outboxAgeMs,
    hasSpace: () => [...rooms.values()].reduce((sum, parts) => sum + parts.sendCount(), 0) < outboxSize,
    closedBy,
    user: () => user,
    current: connector.current,
    links: connector.links,
    settled,
    expired: connector.expired,
    report,
  };

  const roomOf = (name: string): RoomParts => {
    const known = rooms.get(name) ?? createRoom(core, name);
    rooms.set(name, known);
    return known;
  };

  return {
    get state() {
      return state;
    },
    get user() {
      return user;
    },
    connect() {
      if (state.name !== 'disconnected') return;
      setState({ name: 'connecting' });
      stopWatching = network.watch({ online: wake, visible: wake, offline: () => pulse?.probe() });
      keeper.open();
      connector.start();
    },
    close() {
      connector.stop();
      const reason = new ChatError('closed', 'The chat is closed.');
      setState({ name: 'disconnected', reason: 'closed' });
      end(reason);
    },
    room(name) {
      if (parseRoom(name) === undefined) throw new ChatError('badField', ROOM_RULE);
      return roomOf(name).room;
    },
    on: emitter.on,
  };
}

function isSame(a: ChatState, b: ChatState): boolean {
  if (a.name === 'connecting' && b.name === 'connecting')
    return a.reason === b.reason && a.retryAt === b.retryAt;
  return a.name === 'connected' && b.name === 'connected';
}
