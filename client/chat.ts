import { parseRoom, type User } from '../lib/protocol';
import type { Chat, ChatEvents, ChatOptions, ChatState } from './common/chatTypes';
import {
  MAX_MESSAGES,
  MAX_OUTBOX_SIZE,
  MAX_PING_INTERVAL_MS,
  MIN_PING_INTERVAL_MS,
  OUTBOX_TTL_MS,
  PING_INTERVAL_MS,
} from './common/constants';
import { ChatError } from './common/errors';
import type { Cancel } from './common/platform';
import { type ClientContext, clientContexts } from './connection/clientContext';
import type { Connection } from './connection/connection';
import { createConnectionManager } from './connection/connectionManager';
import type { Token } from './connection/jwt';
import { createPacer } from './connection/pacer';
import { createMemorySession } from './outbox/memorySession';
import * as defaults from './platform/defaults';
import { createRoom, type RoomController } from './room/room';
import { createEmitter } from './util/emitter';

/** Creates a chat; `connect()` starts it. */
export function createChat(options: ChatOptions): Chat {
  const {
    clock = defaults.clock,
    random = Math.random,
    open = defaults.webSocketFrom(),
    newId = defaults.newId,
    network = defaults.network,
    outbox = { connect: createMemorySession },
    onError = console.error,
    keepMessages = MAX_MESSAGES,
    outboxAgeMs = OUTBOX_TTL_MS,
    outboxSize = MAX_OUTBOX_SIZE,
    pingEveryMs = PING_INTERVAL_MS,
  } = options;
  const pingMs = Math.max(MIN_PING_INTERVAL_MS, Math.min(MAX_PING_INTERVAL_MS, pingEveryMs));
  let state: ChatState = { kind: 'disconnected', reason: 'notStarted' };
  let closeError: ChatError | undefined;
  let user: User | undefined;
  let stopWatching: Cancel | undefined;
  let lastOrder = 0;
  const rooms = new Map<string, RoomController>();

  const report = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // The app's own error callback failed: no callback is left to tell.
    }
  };
  const emitter = createEmitter<ChatEvents>(report);

  const roomOf = (name: string): RoomController => {
    const known = rooms.get(name) ?? createRoom(context, name);
    rooms.set(name, known);
    return known;
  };
  const advanceRooms = (): void => {
    for (const room of rooms.values()) room.advance();
  };

  const session = outbox.connect({
    restore: (record) => roomOf(record.room).restore(record),
    now: clock.now,
    keepMs: outboxAgeMs,
    report,
    onReady: advanceRooms,
  });
  const adopt = (): void => {
    if (!closeError && user) session.adopt(user.id);
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
      report(new ChatError('unauthorized', 'The token has no "sub".'));
      return;
    }
    user = token.user;
    // What waits is the old user's and stays in the outbox. What is new must not leave on a connection of the old user.
    if (known && known.id !== user.id) {
      for (const connection of connectionManager.connections()) connection.close();
      for (const room of rooms.values())
        room.dropSends(new ChatError('closed', 'Another user has signed in.'));
      session.close();
      session.open();
      advanceRooms();
    }
    if (JSON.stringify(known) !== JSON.stringify(user)) emitter.emit('user', user);
    adopt();
  };

  const onConnectionChange = (): void => {
    if (connectionManager.connections()[0]) adopt();
    advanceRooms();
  };

  const roomsOn = (connection: Connection) =>
    [...rooms.values()].filter(({ isJoined }) => isJoined(connection));

  const connectionManager = createConnectionManager(
    { ...options, clock, random, open, session: newId(), report, pingMs, roomsOn },
    {
      onState: setState,
      onToken,
      onChange: onConnectionChange,
      onFrame(frame, connection) {
        emitter.emit('frame', frame);
        if (frame.type === 'pong') {
          for (const room of rooms.values()) room.onPong(frame, connection);
          // Another client of this user may have ended meanwhile.
          adopt();
        }
        const others = 'member' in frame ? frame.rooms : undefined;
        if ('room' in frame)
          for (const [name, room] of rooms)
            if (name === frame.room || others?.includes(name))
              room.onFrame({ ...frame, room: name }, connection);
      },
    },
  );

  const context: ClientContext = {
    clock,
    random,
    newId,
    outbox: session,
    sendPacer: createPacer(clock),
    syncPacer: createPacer(clock),
    keepMessages,
    nextOrder() {
      // The time keeps the messages of several clients in order, as well as their clocks allow.
      lastOrder = Math.max(lastOrder + 1, clock.now());
      return lastOrder;
    },
    noteOrder(order) {
      lastOrder = Math.max(lastOrder, order);
    },
    isTooOld: ({ at }) => clock.now() - at > outboxAgeMs,
    hasSpace: () => [...rooms.values()].reduce((sum, room) => sum + room.sendCount(), 0) < outboxSize,
    closeError: () => closeError,
    user: () => user,
    connections: connectionManager.connections,
    report,
  };

  const chat: Chat = {
    get state() {
      return state;
    },
    get user() {
      return user;
    },
    connect() {
      if (state.kind !== 'disconnected') return connectionManager.wake();
      if (!options.open) defaults.requireWebSocket();
      stopWatching = network.watch(connectionManager.wake);
      session.open();
      connectionManager.start();
    },
    close: () => connectionManager.stop(),
    room(name) {
      if (!parseRoom(name)) throw new ChatError('badField', 'Name a room with a-z, 0-9, ".", "_" and "-".');
      return roomOf(name).room;
    },
    on: emitter.on,
  };
  clientContexts.set(chat, context);
  return chat;
}
