import { parseRoom, type User } from '../lib/protocol';
import type { ClientContext } from './clientContext';
import type { Connection } from './connection/connection';
import { createConnectionManager } from './connection/connectionManager';
import type { Token } from './connection/jwt';
import {
  MAX_MESSAGES,
  MAX_OUTBOX_SIZE,
  MAX_PING_INTERVAL_MS,
  MIN_PING_INTERVAL_MS,
  OUTBOX_TTL_MS,
  PING_INTERVAL_MS,
} from './constants';
import { ChatError } from './errors';
import { createDefaultSession } from './outbox/defaultOutbox';
import * as defaults from './platform/defaults';
import type { Cancel, OutboxRecord } from './platform/platform';
import { createRoom, type RoomController } from './room/room';
import type { Chat, ChatEvents, ChatOptions, ChatState } from './types';
import { createEmitter } from './util/emitter';

/** Makes a chat; `connect()` starts it. */
export function createChat(options: ChatOptions): Chat {
  const {
    clock = defaults.clock,
    random = Math.random,
    open = defaults.webSocketFrom(),
    newId = defaults.newId,
    network = defaults.network,
    outbox,
    onError = console.error,
    keepMessages = MAX_MESSAGES,
    outboxAgeMs = OUTBOX_TTL_MS,
    outboxSize = MAX_OUTBOX_SIZE,
    pingEveryMs = PING_INTERVAL_MS,
  } = options;
  const pingMs = Math.max(MIN_PING_INTERVAL_MS, Math.min(MAX_PING_INTERVAL_MS, pingEveryMs));
  let state: ChatState = { kind: 'disconnected', reason: 'notStarted' };
  /** Why nothing can be done any more, if so. */
  let closeError: ChatError | undefined;
  let user: User | undefined;
  let stopWatching: Cancel | undefined;
  let order = 0;
  const rooms = new Map<string, RoomController>();

  const report = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // What reports errors has failed itself: nobody is left to tell.
    }
  };
  const emitter = createEmitter<ChatEvents>(report);
  const isTooOld = ({ at }: OutboxRecord): boolean => clock.now() - at > outboxAgeMs;

  const roomOf = (name: string): RoomController => {
    const known = rooms.get(name) ?? createRoom(context, name);
    rooms.set(name, known);
    return known;
  };
  const refresh = (): void => {
    for (const room of rooms.values()) room.refresh();
  };

  const setState = (next: ChatState): void => {
    if (JSON.stringify(state) === JSON.stringify(next)) return;
    state = next;
    closeError = undefined;
    if (next.kind === 'disconnected') {
      closeError = 'error' in next ? next.error : new ChatError('closed', 'The chat is closed.');
      stopWatching?.();
      for (const room of rooms.values()) room.close(closeError);
      session.close();
    }
    emitter.emit('state', next);
  };

  const onToken = (token: Token): void => {
    const known = user;
    if (!token.user) {
      report(new ChatError('unauthorized', 'The token names no user: it has no "sub".'));
      return;
    }
    user = token.user;
    // What is sent from now on belongs to the new user: it must not go out on a socket of the old one.
    if (known && known.id !== user.id) {
      for (const link of connectionManager.connections()) link.close();
      refresh();
    }
    if (known?.id !== user.id || known.name !== user.name) emitter.emit('user', user);
    adopt();
  };

  const restore = (record: OutboxRecord): void => roomOf(record.room).restore(record);
  const session = outbox?.openSession(restore, isTooOld, report, refresh) ?? createDefaultSession(restore);
  const adopt = (): void => {
    if (!closeError) session.adopt(user?.id);
  };

  const linksChanged = (): void => {
    if (connectionManager.connections()[0]) adopt();
    refresh();
  };

  const cursorsOn = (link: Connection) =>
    Object.fromEntries([...rooms].map(([name, room]) => [name, room.cursorOn(link)]));

  const connectionManager = createConnectionManager(
    { ...options, clock, random, open, report, pingMs, cursorsOn },
    {
      onState: setState,
      onToken: onToken,
      onChange: linksChanged,
      onFrame(message, link) {
        if (message.type === 'pong') for (const room of rooms.values()) room.onPong(message, link);
        if ('room' in message) rooms.get(message.room ?? '')?.onFrame(message, link);
      },
    },
  );

  const context: ClientContext = {
    clock,
    random,
    newId,
    outbox: session,
    keepMessages,
    nextOrder: () => ++order,
    isTooOld,
    hasSpace: () => [...rooms.values()].reduce((sum, room) => sum + room.sendCount(), 0) < outboxSize,
    closeError: () => closeError,
    user: () => user,
    connections: connectionManager.connections,
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
      if (state.kind !== 'disconnected') return connectionManager.wake();
      stopWatching = network.watch(connectionManager.wake);
      // Whose sends are to go on is known when the token is: it may be another user's by now.
      session.adopt(undefined);
      connectionManager.start();
    },
    close: () => connectionManager.stop(),
    room(name) {
      if (parseRoom(name) === undefined)
        throw new ChatError('badField', 'Name a room with a-z, 0-9, ".", "_" and "-".');
      return roomOf(name).room;
    },
    on: emitter.on,
  };
}
