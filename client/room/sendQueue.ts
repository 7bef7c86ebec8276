import type { Ack, ErrorFrame, LogEntry } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';
import type { PendingChange, PendingSend, RoomSnapshot, Sent } from '../common/roomTypes';
import { byOrder } from '../outbox/mergeRecords';
import { createInFlightSend, refusal } from './inFlightSend';
import {
  createPendingMessage,
  describe,
  discarded,
  isPending,
  outcomeUnknown,
  type PendingMessage,
} from './pendingMessage';
import type { RoomContext } from './roomContext';
import type { NewSend } from './sendContent';

/** A room's own messages on their way into the log. They are stored first, then sent one at a time, in order. */
export interface SendQueue {
  add(send: NewSend): Promise<Sent>;
  retry(id: string): Promise<Sent>;
  discard(id: string): boolean;
  /** Takes back what an earlier client has left in the outbox. */
  restore(record: OutboxRecord): void;
  /** Removes the message that an entry of the log is, if it is in the queue. */
  onEntry(entry: LogEntry): void;
  /** Takes an acknowledgement; tells whether its message was in the queue. */
  onAck(ack: Ack): boolean;
  /** Sends the next message, if the room can be used and one waits. */
  advance(): void;
  hasPending(): boolean;
  count(): number;
  /** The messages that the log does not show yet, in order. */
  list(): Pick<RoomSnapshot, 'pending' | 'pendingChanges'>;
  /** The server refused the room: no message of this queue can be sent. */
  failAll(error: ErrorFrame): void;
  /** Fails attempts whose outcome the client cannot learn: those in another log. */
  markUnknown(isAffected: (record: OutboxRecord) => boolean): void;
  /** Stops; the outbox keeps what is pending. */
  close(reason: ChatError): void;
}

/** Creates an empty queue. `onChange` is called after each change of `list`. */
export function createSendQueue(room: RoomContext, onChange: () => void): SendQueue {
  let queue: PendingMessage[] = [];
  let inLog: PendingMessage[] = [];

  const find = (id: string): PendingMessage | undefined => queue.find(({ record }) => record.id === id);

  const remove = (message: PendingMessage): void => {
    queue = queue.filter((other) => other !== message);
    flight.clear(message);
    room.outbox.remove(message.record.id);
  };

  const drop = (message: PendingMessage, error: ChatError): void => {
    remove(message);
    message.outcome.reject(error);
    onChange();
  };

  /** Stops sending a message, keeps it, and reports the error: the user retries or discards it. */
  const fail = (message: PendingMessage, error: ChatError): void => {
    flight.clear(message);
    const state = error.code === 'outcomeUnknown' ? 'unknown' : 'failed';
    message.error = error;
    rewrite(message, { state, code: error.code });
    message.outcome.reject(error);
    onChange();
  };

  /** Writes a message to the outbox. Another client that holds it sends it. */
  const write = (message: PendingMessage, then?: (isKept: boolean) => void): void =>
    room.outbox.put(message.record, (outcome) => {
      if (outcome !== 'lost') then?.(outcome === 'kept');
      else if (queue.includes(message))
        drop(message, new ChatError('takenOver', 'Another client sends this.'));
    });

  const rewrite = (message: PendingMessage, change: Partial<OutboxRecord>): void => {
    message.record = { ...message.record, ...change };
    write(message);
  };

  /** Writes a message, then sends it. A message that cannot be kept is not sent: a crash could send it twice. */
  const writeThenTransmit = (message: PendingMessage, previous: OutboxRecord): void => {
    const { record } = message;
    write(message, (isKept) => {
      // The log was replaced meanwhile: the message was written again.
      if (flight.current() !== message || message.record !== record) return;
      if (isKept) return flight.transmit();
      message.record = previous;
      fail(message, new ChatError('outboxFailed', 'The outbox did not keep it.'));
    });
  };

  const flight = createInFlightSend(room, {
    onRefused: fail,
    onNotFound(message, end) {
      const previous = message.record;
      message.record = { ...previous, after: end };
      writeThenTransmit(message, previous);
    },
  });

  const notShown = (): PendingMessage[] => inLog.filter(({ seq = 0 }) => seq > (room.log().cursor() ?? 0));

  const onArrived = (message: PendingMessage, { id, seq, at }: Sent, entry: LogEntry): void => {
    // Edits of this send wait behind it. They are written before it leaves the outbox.
    for (const other of queue) if (other.record.of === id) rewrite(other, { of: seq });
    remove(message);
    const text = ('text' in entry && entry.text) || '';
    Object.assign(message, { seq, record: { ...message.record, text }, error: undefined });
    inLog = [...notShown(), message];
    room.log().onEntry(entry);
    message.outcome.resolve({ id, seq, at });
    onChange();
  };

  const advance = (): void => {
    if (flight.current()) flight.resume();
    else if (room.outbox.isReady() && room.connection()) begin();
  };

  /** Replaces the id of the message that a change is about by its seq; tells why the message cannot be sent. */
  const prepare = (message: PendingMessage): ChatError | undefined => {
    const { of } = message.record;
    if (typeof of === 'string') {
      const target = room.log().window.findById(of);
      if (!target) return new ChatError('gone', 'The message is gone.');
      message.record = { ...message.record, of: target.seq };
    }
    if (!room.isTooOld(message.record)) return undefined;
    return message.isInDoubt ? outcomeUnknown() : new ChatError('tooOld', 'It waited too long.');
  };

  const begin = (): void => {
    const message = queue.find((each) => isPending(each) && !find(String(each.record.of)));
    const user = room.user()?.id;
    const log = room.log().id();
    if (!message || !user || log === undefined) return;
    const problem = prepare(message);
    if (problem) {
      fail(message, problem);
      return;
    }
    const previous = message.record;
    flight.start(message);
    if (previous.after !== undefined) flight.transmit();
    else {
      message.record = { ...previous, after: room.log().cursor() ?? 0, log, user };
      writeThenTransmit(message, previous);
    }
  };

  /** Sends a message, or writes it down if others are before it. */
  const enqueue = (message: PendingMessage): Promise<Sent> => {
    advance();
    if (queue.includes(message) && flight.current() !== message) write(message);
    onChange();
    return message.outcome.promise;
  };

  const add = ({ text, more, action, of }: NewSend): Promise<Sent> => {
    const message = createPendingMessage({
      id: room.newId(),
      room: room.name,
      text,
      more,
      action,
      of,
      user: room.user()?.id,
      at: room.clock.now(),
      order: room.nextOrder(),
      state: 'pending',
    });
    queue.push(message);
    return enqueue(message);
  };

  /** Moves messages of this client behind a restored one: the device's clock may have been set back meanwhile. */
  const moveBehind = (order: number): void => {
    room.noteOrder(order);
    let isBehind = false;
    for (const message of queue.filter(({ isRestored }) => !isRestored)) {
      // All from there on: a part of them would come behind the rest.
      isBehind ||= message.record.order <= order;
      if (isBehind) rewrite(message, { order: room.nextOrder() });
    }
  };

  const markUnknown = (isAffected: (record: OutboxRecord) => boolean): void => {
    inLog = inLog.filter(({ record }) => !isAffected(record));
    for (const message of queue) {
      if (!isPending(message) || message.record.after === undefined || !isAffected(message.record)) continue;
      if (message.isInDoubt) fail(message, outcomeUnknown());
      else {
        // It was written down for an attempt that was never made.
        flight.clear(message);
        rewrite(message, { after: undefined, log: undefined });
      }
    }
  };

  return {
    add,
    retry(id) {
      const message = find(id);
      if (!message) return Promise.reject(discarded());
      if (isPending(message)) return message.outcome.promise;
      if (message.record.state === 'unknown') {
        remove(message);
        return add(message.record);
      }
      const { record, isInDoubt } = message;
      const at = record.after !== undefined ? record.at : room.clock.now();
      const renewed: OutboxRecord = { ...record, at, state: 'pending', code: undefined };
      const again = { ...createPendingMessage(renewed), isInDoubt };
      queue[queue.indexOf(message)] = again;
      return enqueue(again);
    },
    discard(id) {
      const message = find(id);
      if (!message || (isPending(message) && message.isInDoubt)) return false;
      drop(message, discarded());
      return true;
    },
    restore(record) {
      if (find(record.id)) return;
      if (!room.outbox.isReady()) moveBehind(record.order);
      queue.push(createPendingMessage(record, true));
      queue.sort((a, b) => byOrder(a.record, b.record));
      // In a room that is joined already no later reply compares the logs.
      const logId = room.log().id();
      if (logId !== undefined) markUnknown(({ log }) => log !== logId);
      onChange();
    },
    onEntry(entry) {
      if (!('from' in entry)) return;
      const message = find(entry.id);
      if (message && message.record.user === entry.from?.id) onArrived(message, entry, entry);
    },
    onAck(ack) {
      const { id, seq, at, entry } = ack;
      const message = find(id);
      const from = room.user();
      if (!message || !from) return false;
      const { text, more } = message.record;
      onArrived(message, ack, entry ?? { type: 'message', id, seq, at, from, text, ...more });
      return true;
    },
    advance,
    hasPending: () => queue.some(isPending),
    count: () => queue.length,
    list() {
      const all: (PendingSend | PendingChange)[] = [...notShown(), ...queue].map(describe);
      return {
        pending: all.filter((each) => !('of' in each)),
        pendingChanges: all.filter((each) => 'of' in each),
      };
    },
    failAll(error) {
      for (const message of queue.filter(isPending)) fail(message, refusal(message, error));
    },
    markUnknown,
    close(reason) {
      for (const message of queue.splice(0)) {
        flight.clear(message);
        message.outcome.reject(reason);
      }
    },
  };
}
