import type { Ability, Joined, Pong, ServerMessage } from '../../lib/protocol';
import { parseSeq } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';
import type { Room, RoomEvents, RoomSnapshot } from '../common/roomTypes';
import type { ClientContext } from '../connection/clientContext';
import type { Connection } from '../connection/connection';
import type { HeartbeatRoom } from '../connection/heartbeat';
import { notJoined, toError } from '../connection/requestErrors';
import { createRoomLog, type RoomLog } from '../timeline/roomLog';
import { createDeferred, type Deferred } from '../util/deferred';
import { createEmitter } from '../util/emitter';
import { createMembership } from './membership';
import { contexts, type RoomContext } from './roomContext';
import { readContent } from './sendContent';
import { createSendQueue } from './sendQueue';

/** A room, and what the chat tells it. */
export interface RoomController extends HeartbeatRoom {
  room: Room;
  isJoined(connection: Connection): boolean;
  /** A frame about the room has come, asked for or not. */
  onFrame(message: ServerMessage, connection: Connection): void;
  /** What the server knows of the rooms that were joined on a connection. */
  onPong(pong: Pong & { ref?: string }, connection: Connection): void;
  /** A connection has opened or closed, the outbox is ready, or the user has changed. */
  advance(): void;
  restore(record: OutboxRecord): void;
  /** Stops what is pending; the outbox keeps it. */
  dropSends(reason: ChatError): void;
  sendCount(): number;
  close(reason: ChatError): void;
}

/** Creates a room. It joins when the app asks it to. */
export function createRoom(core: ClientContext, name: string): RoomController {
  const emitter = createEmitter<RoomEvents>(core.report);
  let snapshot: RoomSnapshot | undefined;
  let error: ChatError | undefined;
  let can: readonly Ability[] = [];
  /** Callers that wait for the join. They wait as long as the app asks for it. */
  let membershipWanted: Deferred<void> | undefined;

  const emit: typeof emitter.emit = (event, ...args) => {
    snapshot = undefined;
    emitter.emit(event, ...args);
  };
  const changed = (): void => emit('change');

  const context: RoomContext = {
    ...core,
    name,
    connection: () => core.connections().find((each) => membership.isJoined(each)),
    log: () => log,
    submit(content, change) {
      const send = readContent(content, change);
      if (send instanceof ChatError) return Promise.reject(send);
      const reason = core.hasSpace()
        ? core.closeError()
        : new ChatError('outboxFull', 'Too many messages: discard some.');
      return reason ? Promise.reject(reason) : sends.add(send);
    },
  };

  /** Enters or leaves, as is wanted now, and goes on with what waits for the room. */
  const advance = (): void => {
    membership.reconcile();
    changed();
    if (context.connection()) {
      membershipWanted?.resolve();
      log.resume();
    }
    sends.advance();
  };

  const sends = createSendQueue(context, advance);

  let heardAt = 0;

  const startLog = (): RoomLog =>
    createRoomLog(context, {
      onEntry: sends.onEntry,
      onDelivered(entry, live) {
        heardAt = core.clock.now();
        if (entry.type === 'message') emit('message', entry, { live });
        emit('entry', entry, { live });
      },
      onGap: (gap) => emit('gap', gap),
      onChange: advance,
      onReplaced,
    });
  let log = startLog();

  const restartLog = (): void => {
    const old = log;
    log = startLog();
    sends.markUnknown(() => true);
    old.stop(notJoined());
    emit('reset');
    changed();
  };

  const rejoin = (): void => core.connections().forEach(membership.onEvicted);

  function onReplaced(): void {
    restartLog();
    rejoin();
  }

  const onJoined = (reply: Joined, asked: RoomLog, after: number | undefined): boolean => {
    if (asked !== log) return false;
    const isNewest = after === undefined || reply.reset === true;
    if (log.cursor() !== undefined && (reply.reset || isForeign(reply.log))) restartLog();
    if (log.cursor() === undefined && !isNewest) return false;
    can = reply.can;
    log.onJoined(reply, isNewest);
    sends.markUnknown((record) => record.log !== log.id());
    return true;
  };

  /** Tells whether a frame is about a log that was replaced: its seqs say nothing of this one. */
  const isForeign = (logId: string | undefined): boolean =>
    logId !== undefined && (log.id() ?? logId) !== logId;

  const stopAsking = (reason: ChatError): void => {
    membershipWanted?.reject(reason);
    membershipWanted = undefined;
  };

  const membership = createMembership(context, {
    isWanted: () => membershipWanted !== undefined || sends.hasPending(),
    onJoined,
    onRefused(failure) {
      error = toError(failure);
      stopAsking(error);
      sends.failAll(failure);
    },
    onChange: advance,
  });

  const room: Room = {
    name,
    get snapshot() {
      snapshot ??= {
        name,
        state: !membershipWanted ? 'left' : context.connection() ? 'joined' : 'joining',
        error,
        ...log.window.snapshot(),
        cursor: log.cursor(),
        log: log.id(),
        ...sends.list(),
        can,
      };
      return snapshot;
    },
    join({ after, log: logId } = {}) {
      const isRight = parseSeq(after ?? 0) !== undefined;
      const reason =
        core.closeError() ?? (isRight ? undefined : new ChatError('badField', '"after" must be a seq.'));
      if (reason) return Promise.reject(reason);
      if (after !== undefined) log.startAfter(after, logId);
      membershipWanted ??= createDeferred();
      const { promise } = membershipWanted;
      error = undefined;
      advance();
      return promise;
    },
    leave() {
      error = undefined;
      stopAsking(notJoined());
      advance();
    },
    send: (content) => context.submit(content),
    retry: sends.retry,
    discard: sends.discard,
    on: emitter.on,
  };

  contexts.set(room, context);
  return {
    room,
    name,
    isJoined: membership.isJoined,
    cursor: () => log.cursor(),
    heardAt: () => heardAt,
    onFrame(message, connection) {
      // The caller of the request takes the rest of a reply.
      if (message.type === 'ack') {
        if (isForeign(message.log)) return;
        if (!sends.onAck(message)) log.noteHead(message.seq);
      } else if (message.type === 'error') {
        if (message.code === 'notMember') membership.onEvicted(connection);
      } else if ('seq' in message) {
        const { room: _, log: logId, ...entry } = message;
        if (isForeign(logId)) return;
        // Put out of the room: asking for it again tells why, or that it is over.
        if (entry.type === 'system' && entry.user.id === core.user()?.id) rejoin();
        log.onEntry(entry, logId);
        advance();
      }
      emitter.emit('frame', message);
    },
    onPong({ ref, log: id, behind, notJoined }, connection) {
      // Its ping left before the room was joined: the log may have been replaced since.
      if (!membership.isJoined(connection, Number(ref))) return;
      if (isForeign(id)) onReplaced();
      if (Object.hasOwn(behind, name)) log.noteHead(behind[name] ?? 0);
      if (notJoined.includes(name)) membership.onEvicted(connection);
    },
    advance,
    restore: sends.restore,
    dropSends: sends.close,
    sendCount: sends.count,
    close(reason) {
      stopAsking(reason);
      sends.close(reason);
      log.stop(reason);
      changed();
    },
  };
}
