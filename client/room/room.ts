import type { ClientMessage, Joined, Pong, ServerMessage } from '../../lib/protocol';
import { parseText } from '../../lib/protocol';
import { type ClientContext, isMessage, notJoined, toError } from '../clientContext';
import type { Connection } from '../connection/connection';
import { REPLY_TIMEOUT_MS } from '../constants';
import { ChatError } from '../errors';
import type { OutboxRecord } from '../platform/platform';
import { createRoomLog, type RoomLog } from '../timeline/roomLog';
import type { Room, RoomEvents, RoomSnapshot } from '../types';
import { createDeferred, type Deferred } from '../util/deferred';
import { createEmitter } from '../util/emitter';
import { createOlderLoader } from './loadOlder';
import { createMembership } from './membership';
import type { RoomContext } from './roomContext';
import { createSendQueue } from './sendQueue';

/** A room, and what the chat tells it. */
export interface RoomController {
  room: Room;
  /** The cursor, if the room is joined on this link. */
  cursorOn(link: Connection): number | undefined;
  /** A frame about the room has come, asked for or not. */
  onFrame(message: ServerMessage, link: Connection): void;
  /** What the server knows of the rooms that were joined on a link. */
  onPong(pong: Pong, link: Connection): void;
  /** A link has opened or ended, the outbox has opened, or the user is another one. */
  refresh(): void;
  restore(record: OutboxRecord): void;
  sendCount(): number;
  close(reason: ChatError): void;
}

export function createRoom(core: ClientContext, name: string): RoomController {
  const emitter = createEmitter<RoomEvents>(core.report);
  let snapshot: RoomSnapshot | undefined;
  let error: ChatError | undefined;
  /** Who waits to be in the room; there as long as the app asks for it. */
  let membershipWanted: Deferred<void> | undefined;

  const emit: typeof emitter.emit = (event, ...args) => {
    snapshot = undefined;
    emitter.emit(event, ...args);
  };
  const changed = (): void => emit('change');

  const context: RoomContext = {
    ...core,
    name,
    connection: () => core.connections().find(membership.isJoined),
    log: () => log,
  };

  /** Enters or leaves, as is wanted now, and goes on with what waits for the room. */
  const advance = (): void => {
    membership.reconcile();
    changed();
    if (context.connection()) {
      membershipWanted?.resolve();
      log.resume();
    }
    sends.pump();
  };

  const sends = createSendQueue(context, advance);

  const startLog = (): RoomLog =>
    createRoomLog(context, {
      onEntry: sends.onEntry,
      onDelivered(entry) {
        if (isMessage(entry)) emit('message', entry);
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

  function onReplaced(): void {
    restartLog();
    core.connections().forEach(membership.onEvicted);
  }

  const onJoined = (reply: Joined, asked: RoomLog, after: number | undefined): boolean => {
    if (asked !== log) return false;
    const isNewest = after === undefined || reply.reset === true;
    if (log.id() !== undefined && (reply.log !== log.id() || reply.reset)) restartLog();
    if (log.id() === undefined && !isNewest) return false;
    log.onJoined(reply, isNewest);
    sends.markUnknown((record) => record.log !== log.id());
    return true;
  };

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
      sends.failAll(error);
    },
    onChange: advance,
  });

  const refusal = (text: string): ChatError | undefined => {
    if (parseText(text) === undefined)
      return new ChatError('badField', 'A message is 1 to 4000 printable characters.');
    if (core.hasSpace()) return core.closeError();
    return new ChatError('outboxFull', 'Too many messages wait: retry later or discard some.');
  };

  const room: Room = {
    name,
    get snapshot() {
      snapshot ??= {
        name,
        state: !membershipWanted ? 'left' : context.connection() ? 'joined' : 'joining',
        ...(error && { error }),
        ...log.window.snapshot(),
        cursor: log.cursor(),
        pending: sends.list(),
      };
      return snapshot;
    },
    join() {
      const reason = core.closeError();
      if (reason) return Promise.reject(reason);
      membershipWanted ??= createDeferred();
      const { promise } = membershipWanted;
      error = undefined;
      advance();
      return promise;
    },
    leave() {
      error = undefined;
      stopAsking(new ChatError('notJoined', 'The room was left.'));
      advance();
    },
    send(text) {
      const unified = text.replace(/\r\n?/g, '\n');
      const reason = refusal(unified);
      return reason ? Promise.reject(reason) : sends.add(unified);
    },
    retry: sends.retry,
    discard: sends.discard,
    loadOlder: createOlderLoader(context),
    request: (request) =>
      new Promise((resolve, reject) => {
        const [link] = core.connections();
        if (!link) return reject(notJoined());
        link.request({ ...request, room: name } as ClientMessage, REPLY_TIMEOUT_MS, (reply) => {
          if (reply && reply.type !== 'error') resolve(reply);
          else reject(toError(reply));
        });
      }),
    on: emitter.on,
  };

  return {
    room,
    cursorOn: (link) => (membership.isJoined(link) ? log.cursor() : undefined),
    onFrame(message, link) {
      // What else a reply tells, who asked for it takes.
      if (message.type === 'ack') {
        if (!sends.onAck(message)) log.noteHead(message.seq);
      } else if (message.type === 'error') {
        if (message.code === 'notMember') membership.onEvicted(link);
      } else if ('seq' in message) {
        const { room: _, ...entry } = message;
        // Put out of the room: asking for it again tells why, or that it is over.
        if (entry.type === 'system' && entry.user.id === core.user()?.id)
          core.connections().forEach(membership.onEvicted);
        log.onEntry(entry);
        advance();
      }
      emitter.emit('frame', message);
    },
    onPong({ log: id, behind, notJoined }, link) {
      if (membership.isJoined(link) && (log.id() ?? id) !== id) onReplaced();
      if (Object.hasOwn(behind, name)) log.noteHead(behind[name] ?? 0);
      if (notJoined.includes(name)) membership.onEvicted(link);
    },
    refresh() {
      sends.markUnknown((record) => record.user !== core.user()?.id);
      advance();
    },
    restore: sends.restore,
    sendCount: sends.count,
    close(reason) {
      stopAsking(reason);
      sends.close(reason);
      log.stop(reason);
      changed();
    },
  };
}
