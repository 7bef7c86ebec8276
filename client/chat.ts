import { parseRoom, ROOM_RULE, type User } from '../lib/protocol';
import type { Core } from './core';
import * as defaults from './defaults';
import { createEmitter } from './emitter';
import { ChatError } from './errors';
import { createFound } from './outbox/found';
import { createKeeper } from './outbox/keeper';
import { createMemoryOutbox } from './outbox/memory';
import { createRooms } from './rooms';
import { createConnector } from './socket/connector';
import type { Link } from './socket/link';
import { type Pulse, startPulse } from './socket/pulse';
import type { Token } from './token';
import type { Chat, ChatEvents, ChatOptions, ChatState } from './types';
import type { Cancel } from './world';

const PING_EVERY_MS = 30_000;
/** API Gateway cuts a connection after 10 quiet minutes. */
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
    keepMessages = KEEP_MESSAGES,
    outboxAgeMs = OUTBOX_AGE_MS,
    outboxSize = OUTBOX_SIZE,
    pingEveryMs = PING_EVERY_MS,
  } = options;
  const pingMs = Math.max(SHORTEST_PING_MS, Math.min(LONGEST_PING_MS, pingEveryMs));
  let state: ChatState = { name: 'disconnected', reason: 'notStarted' };
  let user: User | undefined;
  let newest: Link | undefined;
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
  const isTooOld = ({ at }: { at: number }): boolean => clock.now() - at > outboxAgeMs;

  const setState = (next: ChatState): void => {
    if (JSON.stringify(state) === JSON.stringify(next)) return;
    state = next;
    if (next.name === 'disconnected') end();
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
    if (known && known.id !== user?.id) {
      // What is sent from now on belongs to the new user: it must not go out on a socket of the old one.
      for (const link of connector.links()) link.close();
      rooms.each((parts) => parts.userChanged());
    }
    if (user && (known?.id !== user.id || known.name !== user.name)) emitter.emit('user', user);
    found.sort();
  };

  const found = createFound({
    user: () => user,
    isTooOld,
    restore(name, records) {
      order = Math.max(order, ...records.map((record) => record.order));
      rooms.of(name).restore(records);
    },
    remove: (id) => keeper.remove(id),
  });

  const keeper = createKeeper(outbox, {
    opened: () => rooms.each((parts) => parts.outboxOpened()),
    adopted: found.add,
    failed: report,
  });

  const linksChanged = (): void => {
    const link = connector.links()[0];
    if (link !== newest) {
      newest = link;
      pulse?.stop();
      pulse = link && startPulse({ clock, random }, link, pingMs, { rooms, expired: connector.expired });
      if (link) keeper.adopt();
    }
    rooms.each((parts) => parts.linksChanged());
  };

  const connector = createConnector(
    { ...options, clock, random, open },
    {
      state: setState,
      token: learn,
      failed: report,
      changed: linksChanged,
      pushed: (message) => rooms.pushed(message),
    },
  );

  const wake = (): void => {
    pulse?.probe();
    connector.wake();
  };

  const end = (): void => {
    stopWatching?.();
    found.clear();
    const reason = closedBy();
    if (reason) rooms.each((parts) => parts.close(reason));
    keeper.close();
  };

  const core: Core = {
    clock,
    random,
    newId,
    keeper,
    keepMessages,
    nextOrder: () => ++order,
    isTooOld,
    hasSpace: () => rooms.sendCount() < outboxSize,
    closedBy,
    user: () => user,
    links: connector.links,
    expired: connector.expired,
    report,
  };
  const rooms = createRooms(core);

  return {
    get state() {
      return state;
    },
    get user() {
      return user;
    },
    connect() {
      if (state.name !== 'disconnected') return connector.wake();
      setState({ name: 'connecting' });
      stopWatching = network.watch({ online: wake, visible: wake, offline: () => pulse?.probe() });
      keeper.open();
      connector.start();
    },
    close() {
      connector.stop();
      setState({ name: 'disconnected', reason: 'closed' });
    },
    room(name) {
      if (parseRoom(name) === undefined) throw new ChatError('badField', ROOM_RULE);
      return rooms.of(name).room;
    },
    on: emitter.on,
  };
}
