import type { Ack, MessageEntry } from '../../lib/protocol';
import { ChatError } from '../errors';
import type { OutboxRecord } from '../platform/platform';
import type { PendingSend, Sent } from '../types';
import { createInFlightSend } from './inFlightSend';
import {
  createPendingMessage,
  describe,
  isPending,
  outcomeUnknown,
  type PendingMessage,
  wasAttempted,
} from './pendingMessage';
import type { RoomContext } from './roomContext';

/** One room's own sends on their way into the log: one under way at a time, in order, written down before they go. */
export interface SendQueue {
  add(text: string): Promise<Sent>;
  retry(id: string): Promise<Sent>;
  discard(id: string): boolean;
  /** Takes back what an earlier page has left in the outbox. */
  restore(record: OutboxRecord): void;
  /** Recognizes an own message, wherever it was met. */
  onEntry(entry: MessageEntry): void;
  /** Takes an acknowledgement; tells whether it was for a send that had none. */
  onAck(ack: Ack): boolean;
  /** Goes on, if the room can be used and something waits. */
  pump(): void;
  hasPending(): boolean;
  count(): number;
  /** Those that are not shown among the messages yet. */
  list(): PendingSend[];
  /** The server refused the room: nothing of this can be sent. */
  failAll(error: ChatError): void;
  /** What was tried in another log, or as another user, can never be told any more. */
  markUnknown(isStranded: (record: OutboxRecord) => boolean): void;
  /** Stops; the outbox keeps what is pending. */
  close(reason: ChatError): void;
}

export function createSendQueue(room: RoomContext, advance: () => void): SendQueue {
  let queue: PendingMessage[] = [];
  let inLog: PendingMessage[] = [];

  const find = (id: string): PendingMessage | undefined => queue.find(({ record }) => record.id === id);

  const remove = (send: PendingMessage): void => {
    queue = queue.filter((other) => other !== send);
    flight.clear(send);
    room.outbox.remove(send.record.id);
  };

  const drop = (send: PendingMessage, error: ChatError): void => {
    remove(send);
    send.outcome.reject(error);
    advance();
  };

  /** A person has to decide what becomes of a send. */
  const fail = (send: PendingMessage, error: ChatError): void => {
    flight.clear(send);
    const state = error.code === 'outcomeUnknown' ? 'unknown' : 'failed';
    send.record = { ...send.record, state, code: error.code };
    send.error = error;
    write(send);
    send.outcome.reject(error);
    advance();
  };

  /**
   * Writes a send down; with what it is as long as it is untried, sends it then. What cannot be kept is not sent, or a
   * crash could send it twice.
   */
  const write = (send: PendingMessage, untried?: OutboxRecord): void =>
    room.outbox.put(send.record, (outcome) => {
      if (outcome === 'lost') {
        if (queue.includes(send)) drop(send, new ChatError('takenOver', 'Another client sends this.'));
      } else if (untried && flight.current() === send) {
        if (outcome === 'kept') return flight.transmit();
        send.record = untried;
        fail(send, new ChatError('outboxFailed', 'It could not be kept, so it was not sent.'));
      }
    });

  const flight = createInFlightSend(room, {
    onRefused: fail,
    onNotFound(send, end) {
      send.record.after = end;
      write(send, send.record);
    },
  });

  const notShown = (): PendingMessage[] => inLog.filter(({ seq = 0 }) => seq > (room.log().cursor() ?? 0));

  const arrived = (send: PendingMessage, entry: MessageEntry): void => {
    const { id, seq, at, text } = entry;
    remove(send);
    Object.assign(send, { seq, record: { ...send.record, text }, error: undefined });
    inLog = [...notShown(), send];
    room.log().onEntry(entry);
    send.outcome.resolve({ id, seq, at });
    advance();
  };

  const pump = (): void => {
    if (flight.current()) flight.resume();
    else if (room.outbox.isReady() && room.connection()) begin();
  };

  const begin = (): void => {
    const send = queue.find(isPending);
    const user = room.user()?.id;
    const log = room.log().id();
    if (!send || !user || log === undefined) return;
    const untried = send.record;
    const isTried = wasAttempted(send);
    if (room.isTooOld(untried)) {
      fail(send, isTried ? outcomeUnknown() : new ChatError('tooOld', 'It waited too long.'));
      return;
    }
    flight.start(send);
    if (isTried) flight.transmit();
    else {
      send.record = { ...untried, after: room.log().cursor() ?? 0, log, user };
      write(send, untried);
    }
  };

  /** What waits in the queue is written down as well; what goes at once has been, and what is gone must not be. */
  const start = (send: PendingMessage): Promise<Sent> => {
    pump();
    if (queue.includes(send) && flight.current() !== send) write(send);
    advance();
    return send.outcome.promise;
  };

  const add = (text: string): Promise<Sent> => {
    const send = createPendingMessage({
      id: room.newId(),
      room: room.name,
      text,
      user: room.user()?.id,
      at: room.clock.now(),
      order: room.nextOrder(),
      state: 'pending',
    });
    queue.push(send);
    return start(send);
  };

  return {
    add,
    retry(id) {
      const send = find(id);
      if (!send) return Promise.reject(new ChatError('discarded', 'There is no such message.'));
      if (isPending(send)) return send.outcome.promise;
      if (send.record.state === 'unknown') {
        remove(send);
        return add(send.record.text);
      }
      const at = wasAttempted(send) ? send.record.at : room.clock.now();
      const again = createPendingMessage({ ...send.record, at, state: 'pending', code: undefined });
      queue[queue.indexOf(send)] = again;
      return start(again);
    },
    discard(id) {
      const send = find(id);
      if (!send || (isPending(send) && wasAttempted(send))) return false;
      drop(send, new ChatError('discarded', 'It was discarded.'));
      return true;
    },
    restore(record) {
      if (find(record.id)) return;
      queue = [...queue, createPendingMessage(record)].sort((a, b) => a.record.at - b.record.at);
      advance();
    },
    onEntry(entry) {
      const send = find(entry.id);
      if (send && send.record.user === entry.from.id) arrived(send, entry);
    },
    onAck({ id, seq, at, text }) {
      const send = find(id);
      const from = room.user();
      if (!send || !from) return false;
      arrived(send, { type: 'message', seq, id, text: text ?? send.record.text, from, at });
      return true;
    },
    pump,
    hasPending: () => queue.some(isPending),
    count: () => queue.length,
    list: () => [...notShown(), ...queue].map(describe),
    failAll(error) {
      for (const send of queue.filter(isPending)) fail(send, error);
    },
    markUnknown(isStranded) {
      inLog = inLog.filter(({ record }) => !isStranded(record));
      for (const send of queue)
        if (isPending(send) && wasAttempted(send) && isStranded(send.record)) fail(send, outcomeUnknown());
    },
    close(reason) {
      const left = queue;
      queue = [];
      for (const send of left) {
        flight.clear(send);
        send.outcome.reject(reason);
      }
    },
  };
}
