import type { Ack, MessageEntry, Page } from '../../lib/protocol';
import type { Core } from '../core';
import { ChatError } from '../errors';
import type { Desk, Reader } from '../log/reader';
import type { PendingSend, Sent } from '../types';
import type { OutboxRecord } from '../world';
import { createFlight } from './flight';
import { byAge, describe, isPending, makeSend, outcomeUnknown, type Send, wasTried } from './send';

export interface SendsEvents {
  /** Where the room stands; a send needs both a cursor and a log. */
  position(): { cursor: number | undefined; log: string | undefined };
  page(page: Page): void;
  /** A send is in the log at this place. */
  acknowledged(entry: MessageEntry): void;
  changed(): void;
}

/** One room's own sends, one in flight at a time and in order. */
export interface Sends {
  add(text: string): Promise<Sent>;
  retry(id: string): Promise<Sent>;
  discard(id: string): boolean;
  /** Takes back what an earlier page has left in the outbox. */
  restore(records: readonly OutboxRecord[]): void;
  /** Recognizes an own message, wherever it was met. */
  met(entry: MessageEntry): void;
  /** An acknowledgement that came after its request was given up; tells whether it was for one of ours. */
  late(ack: Ack): boolean;
  /** Goes on, if the room can be used and something waits. */
  pump(): void;
  /** The outbox can keep records now. */
  opened(): void;
  hasPending(): boolean;
  count(): number;
  list(): PendingSend[];
  /** The server refused the room: nothing of this can be sent. */
  refuse(error: ChatError): void;
  /** What was tried in another log, or as another user, can never be told any more. */
  strand(isStranded: (record: OutboxRecord) => boolean): void;
  /** Stops; the outbox keeps what is pending. */
  close(reason: ChatError): void;
}

export function createSends(core: Core, room: Desk, reader: Reader, events: SendsEvents): Sends {
  let queue: Send[] = [];
  const flight = createFlight(core, room, reader, {
    acknowledged,
    page: events.page,
    refused: (send, { code, message }) => giveUp(send, 'failed', new ChatError(code, message)),
    lost: (send) => giveUp(send, 'unknown', outcomeUnknown()),
    raised(send, end, goOn) {
      send.record.after = end;
      keep(send, goOn);
    },
  });

  const find = (id: string) => queue.find(({ record }) => record.id === id);

  function drop(send: Send): void {
    queue = queue.filter((other) => other !== send);
    flight.leave(send);
    core.keeper.remove(send.record.id);
  }

  /** Writes the record down, then goes on; what cannot be kept is not sent, or a crash could send it twice. */
  function keep(send: Send, then: () => void, undo = () => {}): void {
    send.isKept = true;
    core.keeper.put(send.record, (outcome) => {
      if (flight.current() !== send) return;
      if (outcome === 'kept') return then();
      if (outcome === 'lost') return takenOver(send);
      send.isKept = false;
      undo();
      giveUp(
        send,
        'failed',
        new ChatError('outboxFailed', 'The message could not be kept, so it was not sent.'),
      );
    });
  }

  /** Writes down what waits; if that fails, the writing down before the first attempt tells. */
  function note(send: Send): void {
    send.isKept = core.keeper.isOpen();
    core.keeper.put(send.record, (outcome) => {
      if (outcome === 'lost' && queue.includes(send)) takenOver(send);
    });
  }

  function takenOver(send: Send): void {
    drop(send);
    send.reject(new ChatError('takenOver', 'Another client that shares the outbox sends this message.'));
    proceed();
  }

  function giveUp(send: Send, state: 'failed' | 'unknown', error: ChatError): void {
    flight.leave(send);
    Object.assign(send.record, { state, code: error.code });
    send.error = error;
    note(send);
    send.reject(error);
    proceed();
  }

  function acknowledged(send: Send, ack: Pick<Ack, 'seq' | 'at' | 'text'>, from = core.user()): void {
    if (!queue.includes(send) || !from) return;
    const { id, text } = send.record;
    const { seq, at } = ack;
    send.isInLog = true;
    drop(send);
    events.acknowledged({ type: 'message', seq, id, text: ack.text ?? text, from, at });
    send.resolve({ id, seq, at });
    proceed();
  }

  function proceed(): void {
    events.changed();
    pump();
  }

  function pump(): void {
    const { cursor, log } = events.position();
    const user = core.user()?.id;
    const send = queue.find(isPending);
    if (flight.current()) flight.resume();
    else if (send && cursor !== undefined && log !== undefined && user && core.keeper.isOpen() && room.link())
      begin(send, { after: cursor, log, user });
  }

  function begin(send: Send, first: Required<Pick<OutboxRecord, 'after' | 'log' | 'user'>>): void {
    const isTried = wasTried(send);
    if (core.isTooOld(send.record)) {
      if (isTried) giveUp(send, 'unknown', outcomeUnknown());
      else giveUp(send, 'failed', new ChatError('tooOld', 'The message waited too long and was never sent.'));
      return;
    }
    flight.board(send);
    if (isTried) flight.go();
    else keepFirst(Object.assign(send, { record: { ...send.record, ...first } }));
  }

  function keepFirst(send: Send): void {
    keep(send, flight.go, () => {
      delete send.record.after;
      delete send.record.log;
    });
  }

  function add(text: string): Promise<Sent> {
    const user = core.user()?.id;
    const record: OutboxRecord = {
      id: core.newId(),
      room: room.name,
      text,
      ...(user !== undefined && { user }),
      at: core.clock.now(),
      order: core.nextOrder(),
      state: 'pending',
    };
    const send = makeSend(record, false);
    queue.push(send);
    pump();
    if (!send.isKept) note(send);
    events.changed();
    return send.result;
  }

  return {
    add,
    retry(id) {
      const send = find(id);
      if (!send) return Promise.reject(new ChatError('discarded', 'There is no such message to send again.'));
      if (send.record.state === 'unknown') {
        drop(send);
        return add(send.record.text);
      }
      if (isPending(send)) return send.result;
      delete send.error;
      delete send.record.code;
      send.record.state = 'pending';
      Object.assign(send, makeSend(send.record, send.isKept));
      note(send);
      proceed();
      return send.result;
    },
    discard(id) {
      const send = find(id);
      if (!send || (isPending(send) && wasTried(send))) return false;
      drop(send);
      send.reject(new ChatError('discarded', 'The message was discarded.'));
      proceed();
      return true;
    },
    restore(records) {
      for (const record of records) if (!find(record.id)) queue.push(makeSend(record, true));
      queue.sort(byAge);
      proceed();
    },
    met(entry) {
      const send = find(entry.id);
      if (send && send.record.user === entry.from.id) acknowledged(send, entry, entry.from);
    },
    late(ack) {
      const send = find(ack.id);
      if (send) acknowledged(send, ack);
      return send !== undefined;
    },
    pump,
    opened() {
      pump();
      for (const send of queue) if (!send.isKept) note(send);
    },
    hasPending: () => queue.some(isPending),
    count: () => queue.length,
    list: () => queue.map(describe),
    refuse(error) {
      for (const send of queue.filter(isPending)) giveUp(send, 'failed', error);
    },
    strand(isStranded) {
      for (const send of queue.filter((other) => wasTried(other) && isPending(other)))
        if (isStranded(send.record)) giveUp(send, 'unknown', outcomeUnknown());
    },
    close(reason) {
      const left = queue;
      queue = [];
      for (const send of left) {
        flight.leave(send);
        send.reject(reason);
      }
      events.changed();
    },
  };
}
