import type { ClientMessage, Joined, Pong, ServerMessage } from '../../lib/protocol';
import { parseText } from '../../lib/protocol';
import { type Core, isMessage, notJoined, toError } from '../clientContext';
import type { Link } from '../connection/connection';
import { REPLY_MS } from '../constants';
import { ChatError } from '../errors';
import type { OutboxRecord } from '../platform/platform';
import { createLog, type Log } from '../timeline/roomLog';
import type { Room, RoomEvents, RoomSnapshot } from '../types';
import { type Later, later } from '../util/deferred';
import { createEmitter } from '../util/emitter';
import { createHistory } from './loadOlder';
import { createMembership } from './membership';
import type { Desk } from './roomContext';
import { createSends } from './sendQueue';

/** A room, and what the chat tells it. */
export interface RoomParts {
  room: Room;
  /** The cursor, if the room is joined on this link. */
  cursorOn(link: Link): number | undefined;
  /** A frame about the room has come, asked for or not. */
  heard(message: ServerMessage, link: Link): void;
  /** What the server knows of the rooms that were joined on a link. */
  pong(pong: Pong, link: Link): void;
  /** A link has opened or ended, the outbox has opened, or the user is another one. */
  refresh(): void;
  restore(record: OutboxRecord): void;
  sendCount(): number;
  close(reason: ChatError): void;
}

export function createRoom(core: Core, name: string): RoomParts {
  const emitter = createEmitter<RoomEvents>(core.report);
  let snapshot: RoomSnapshot | undefined;
  let error: ChatError | undefined;
  /** Who waits to be in the room; there as long as the app asks for it. */
  let entered: Later<void> | undefined;

  const tell: typeof emitter.emit = (event, ...args) => {
    snapshot = undefined;
    emitter.emit(event, ...args);
  };
  const changed = (): void => tell('change');

  const desk: Desk = {
    ...core,
    name,
    link: () => core.links().find(membership.isJoined),
    log: () => log,
  };

  /** Enters or leaves, as is wanted now, and goes on with what waits for the room. */
  const goOn = (): void => {
    membership.settle();
    changed();
    if (desk.link()) {
      entered?.fulfil();
      log.resume();
    }
    sends.pump();
  };

  const sends = createSends(desk, goOn);

  const startLog = (): Log =>
    createLog(desk, {
      met: sends.met,
      delivered(entry) {
        if (isMessage(entry)) tell('message', entry);
      },
      gap: (gap) => tell('gap', gap),
      changed: goOn,
      isAnother,
    });
  let log = startLog();

  const startAnew = (): void => {
    const old = log;
    log = startLog();
    sends.strand(() => true);
    old.stop(notJoined());
    tell('reset');
    changed();
  };

  function isAnother(): void {
    startAnew();
    core.links().forEach(membership.evicted);
  }

  const joined = (reply: Joined, asked: Log, after: number | undefined): boolean => {
    if (asked !== log) return false;
    const isNewest = after === undefined || reply.reset === true;
    if (log.id() !== undefined && (reply.log !== log.id() || reply.reset)) startAnew();
    if (log.id() === undefined && !isNewest) return false;
    log.joined(reply, isNewest);
    sends.strand((record) => record.log !== log.id());
    return true;
  };

  const stopAsking = (reason: ChatError): void => {
    entered?.fail(reason);
    entered = undefined;
  };

  const membership = createMembership(desk, {
    isWanted: () => entered !== undefined || sends.hasPending(),
    joined,
    refused(failure) {
      error = toError(failure);
      stopAsking(error);
      sends.refuse(error);
    },
    changed: goOn,
  });

  const refusal = (text: string): ChatError | undefined => {
    if (parseText(text) === undefined)
      return new ChatError('badField', 'A message is 1 to 4000 printable characters.');
    if (core.hasSpace()) return core.closedBy();
    return new ChatError('outboxFull', 'Too many messages wait: retry later or discard some.');
  };

  const room: Room = {
    name,
    get snapshot() {
      snapshot ??= {
        name,
        state: !entered ? 'left' : desk.link() ? 'joined' : 'joining',
        ...(error && { error }),
        ...log.timeline.show(),
        cursor: log.cursor(),
        pending: sends.list(),
      };
      return snapshot;
    },
    join() {
      const reason = core.closedBy();
      if (reason) return Promise.reject(reason);
      entered ??= later();
      const { promise } = entered;
      error = undefined;
      goOn();
      return promise;
    },
    leave() {
      error = undefined;
      stopAsking(new ChatError('notJoined', 'The room was left.'));
      goOn();
    },
    send(text) {
      const unified = text.replace(/\r\n?/g, '\n');
      const reason = refusal(unified);
      return reason ? Promise.reject(reason) : sends.add(unified);
    },
    retry: sends.retry,
    discard: sends.discard,
    loadOlder: createHistory(desk),
    ask: (request) =>
      new Promise((resolve, reject) => {
        const [link] = core.links();
        if (!link) return reject(notJoined());
        link.exchange({ ...request, room: name } as ClientMessage, REPLY_MS, (reply) => {
          if (reply && reply.type !== 'error') resolve(reply);
          else reject(toError(reply));
        });
      }),
    on: emitter.on,
  };

  return {
    room,
    cursorOn: (link) => (membership.isJoined(link) ? log.cursor() : undefined),
    heard(message, link) {
      // What else a reply tells, who asked for it takes.
      if (message.type === 'ack') {
        if (!sends.acknowledged(message)) log.reaches(message.seq);
      } else if (message.type === 'error') {
        if (message.code === 'notMember') membership.evicted(link);
      } else if ('seq' in message) {
        const { room: _, ...entry } = message;
        // Put out of the room: asking for it again tells why, or that it is over.
        if (entry.type === 'system' && entry.user.id === core.user()?.id)
          core.links().forEach(membership.evicted);
        log.entry(entry);
        goOn();
      }
      emitter.emit('frame', message);
    },
    pong({ log: id, behind, notJoined }, link) {
      if (membership.isJoined(link) && (log.id() ?? id) !== id) isAnother();
      if (Object.hasOwn(behind, name)) log.reaches(behind[name] ?? 0);
      if (notJoined.includes(name)) membership.evicted(link);
    },
    refresh() {
      sends.strand((record) => record.user !== core.user()?.id);
      goOn();
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
