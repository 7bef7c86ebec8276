import { parseRoom, type User } from '../lib/protocol';
import type { Core } from './clientContext';
import type { Link } from './connection/connection';
import { createConnector } from './connection/connectionManager';
import type { Token } from './connection/jwt';
import {
  KEEP_MESSAGES,
  LONGEST_PING_MS,
  OUTBOX_AGE_MS,
  OUTBOX_SIZE,
  PING_EVERY_MS,
  SHORTEST_PING_MS,
} from './constants';
import { ChatError } from './errors';
import { keepInMemory } from './outbox/defaultOutbox';
import * as defaults from './platform/defaults';
import type { Cancel, OutboxRecord } from './platform/platform';
import { createRoom, type RoomParts } from './room/room';
import type { Chat, ChatEvents, ChatOptions, ChatState } from './types';
import { createEmitter } from './util/emitter';

/** Makes a chat; `connect()` starts it. */
export function createChat(options: ChatOptions): Chat {
  const {
    clock = defaults.clock,
    random = Math.random,
    open = defaults.openWith(),
    newId = defaults.newId,
    network = defaults.network,
    outbox,
    onError = console.error,
    keepMessages = KEEP_MESSAGES,
    outboxAgeMs = OUTBOX_AGE_MS,
    outboxSize = OUTBOX_SIZE,
    pingEveryMs = PING_EVERY_MS,
  } = options;
  const pingMs = Math.max(SHORTEST_PING_MS, Math.min(LONGEST_PING_MS, pingEveryMs));
  let state: ChatState = { name: 'disconnected', reason: 'notStarted' };
  /** Why nothing can be done any more, if so. */
  let closed: ChatError | undefined;
  let user: User | undefined;
  let stopWatching: Cancel | undefined;
  let order = 0;
  const rooms = new Map<string, RoomParts>();

  const report = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // What reports errors has failed itself: nobody is left to tell.
    }
  };
  const emitter = createEmitter<ChatEvents>(report);
  const isTooOld = ({ at }: OutboxRecord): boolean => clock.now() - at > outboxAgeMs;

  const roomOf = (name: string): RoomParts => {
    const known = rooms.get(name) ?? createRoom(core, name);
    rooms.set(name, known);
    return known;
  };
  const refresh = (): void => {
    for (const room of rooms.values()) room.refresh();
  };

  const setState = (next: ChatState): void => {
    if (JSON.stringify(state) === JSON.stringify(next)) return;
    state = next;
    closed = undefined;
    if (next.name === 'disconnected') {
      closed = 'error' in next ? next.error : new ChatError('closed', 'The chat is closed.');
      stopWatching?.();
      for (const room of rooms.values()) room.close(closed);
      keeper.close();
    }
    emitter.emit('state', next);
  };

  const learn = (token: Token): void => {
    const known = user;
    if (!token.user) {
      report(new ChatError('unauthorized', 'The token names no user: it has no "sub".'));
      return;
    }
    user = token.user;
    // What is sent from now on belongs to the new user: it must not go out on a socket of the old one.
    if (known && known.id !== user.id) {
      for (const link of connector.links()) link.close();
      refresh();
    }
    if (known?.id !== user.id || known.name !== user.name) emitter.emit('user', user);
    adopt();
  };

  const restore = (record: OutboxRecord): void => roomOf(record.room).restore(record);
  const keeper = outbox?.keep(restore, isTooOld, report, refresh) ?? keepInMemory(restore);
  const adopt = (): void => {
    if (!closed) keeper.adopt(user?.id);
  };

  const linksChanged = (): void => {
    if (connector.links()[0]) adopt();
    refresh();
  };

  const cursorsOn = (link: Link) =>
    Object.fromEntries([...rooms].map(([name, room]) => [name, room.cursorOn(link)]));

  const connector = createConnector(
    { ...options, clock, random, open, report, pingMs, cursorsOn },
    {
      state: setState,
      token: learn,
      changed: linksChanged,
      heard(message, link) {
        if (message.type === 'pong') for (const room of rooms.values()) room.pong(message, link);
        if ('room' in message) rooms.get(message.room ?? '')?.heard(message, link);
      },
    },
  );

  const core: Core = {
    clock,
    random,
    newId,
    keeper,
    keepMessages,
    nextOrder: () => ++order,
    isTooOld,
    hasSpace: () => [...rooms.values()].reduce((sum, room) => sum + room.sendCount(), 0) < outboxSize,
    closedBy: () => closed,
    user: () => user,
    links: connector.links,
    report,
  };

  return {
    get state() {
      return state;
    },
    get user() {
      return user;
    },
    connect() {
      if (state.name !== 'disconnected') return connector.wake();
      stopWatching = network.watch(connector.wake);
      // Whose sends are to go on is known when the token is: it may be another user's by now.
      keeper.adopt(undefined);
      connector.start();
    },
    close: () => connector.stop(),
    room(name) {
      if (parseRoom(name) === undefined)
        throw new ChatError('badField', 'Name a room with a-z, 0-9, ".", "_" and "-".');
      return roomOf(name).room;
    },
    on: emitter.on,
  };
}
