import type { Ack, MessageEntry, Page } from '../../lib/protocol';
import { type Core, toError } from '../core';
import { ChatError } from '../errors';
import type { Desk } from '../log/reader';
import { byAge } from '../outbox/merge';
import type { PendingSend, Sent } from '../types';
import type { OutboxRecord } from '../world';
import { createFlight } from './flight';
import { describe, isPending, makeSend, outcomeUnknown, type Send, wasTried } from './send';

export interface SendsEvents {
  page(page: Page): void;
  /** Where a send would be tried from now; nowhere while the room was never joined. */
  position(): { after: number; log: string } | undefined;
  /** A send is in the log at this place. */
  acknowledged(entry: MessageEntry): void;
  changed(): void;
}

/** One room's own sends on their way into the log: one under way at a time, in order, written down before they go. */
export interface Sends {
  add(text: string): Promise<Sent>;
  retry(id: string): Promise<Sent>;
  discard(id: string): boolean;
  /** Takes back what an earlier page has left in the outbox. */
  restore(record: OutboxRecord): void;
  /** Recognizes an own message, wherever it was met. */
  met(entry: MessageEntry): void;
  /** Takes an acknowledgement; tells whether it was for a send that had none. */
  acknowledged(ack: Ack): boolean;
  /** Goes on, if the room can be used and something waits; writes down what the outbox has not been given. */
  pump(): void;
  hasPending(): boolean;
  count(): number;
  /** Those that are not shown among the messages yet. */
  list(): PendingSend[];
  /** The server refused the room: nothing of this can be sent. */
  refuse(error: ChatError): void;
  /** What was tried in another log, or as another user, can never be told any more. */
  strand(isStranded: (record: OutboxRecord) => boolean): void;
  /** Stops; the outbox keeps what is pending. */
  close(reason: ChatError): void;
}

export function createSends(core: Core, room: Desk, events: SendsEvents): Sends {
  let queue: Send[] = [];
  let inLog: Send[] = [];
  const flight = createFlight(core, room, {
    page: events.page,
    refused: (send, failure) => giveUp(send, toError(failure)),
    lost: (send) => giveUp(send, outcomeUnknown()),
    raised(send, end) {
      send.record.after = end;
      keep(send);
    },
  });

  const find = (id: string): Send | undefined => queue.find(({ record }) => record.id === id);

  const proceed = (): void => {
    events.changed();
    pump();
  };

  const remove = (send: Send): void => {
    queue = queue.filter((other) => other !== send);
    flight.leave(send);
    core.keeper.remove(send.record.id);
  };

  const drop = (send: Send, error: ChatError): void => {
    remove(send);
    send.result.reject(error);
    proceed();
  };

  /** A person has to decide what becomes of a send. */
  const giveUp = (send: Send, error: ChatError): void => {
    flight.leave(send);
    const state = error.code === 'outcomeUnknown' ? 'unknown' : 'failed';
    Object.assign(send.record, { state, code: error.code });
    send.error = error;
    write(send);
    send.result.reject(error);
    proceed();
  };

  const write = (send: Send, done?: (outcome: 'kept' | 'failed') => void): void => {
    send.isKept = core.keeper.isOpen();
    core.keeper.put(send.record, (outcome) => {
      if (outcome !== 'lost') done?.(outcome);
      else if (queue.includes(send)) drop(send, new ChatError('takenOver', 'Another client sends this.'));
    });
  };

  /** Writes a send down, then sends it; what cannot be kept is not sent, or a crash could send it twice. */
  const keep = (send: Send, untried = send.record): void =>
    write(send, (outcome) => {
      if (flight.underWay() !== send) return;
      if (outcome === 'kept') return flight.go();
      send.record = untried;
      giveUp(send, new ChatError('outboxFailed', 'It could not be kept, so it was not sent.'));
    });

  const unshown = (): Send[] => inLog.filter(({ seq = 0 }) => seq > (events.position()?.after ?? 0));

  const arrived = (send: Send, entry: MessageEntry): void => {
    const { id, seq, at, text } = entry;
    remove(send);
    delete send.error;
    Object.assign(send, { seq, record: { ...send.record, text } });
    inLog = [...unshown(), send];
    events.acknowledged(entry);
    send.result.resolve({ id, seq, at });
    proceed();
  };

  const pump = (): void => {
    if (flight.underWay()) flight.resume();
    else if (core.keeper.isOpen() && room.link()) begin();
    for (const send of queue) if (!send.isKept) write(send);
  };

  const begin = (): void => {
    const send = queue.find(isPending);
    const user = core.user()?.id;
    const position = events.position();
    if (!send || !user || !position) return;
    const untried = send.record;
    const isTried = wasTried(send);
    if (core.isTooOld(untried)) {
      giveUp(send, isTried ? outcomeUnknown() : new ChatError('tooOld', 'It waited too long.'));
    } else if (isTried) {
      flight.board(send);
      flight.go();
    } else {
      flight.board(send);
      send.record = { ...untried, ...position, user };
      keep(send, untried);
    }
  };

  const add = (text: string): Promise<Sent> => {
    const record: OutboxRecord = {
      id: core.newId(),
      room: room.name,
      text,
      user: core.user()?.id,
      at: core.clock.now(),
      order: core.nextOrder(),
      state: 'pending',
    };
    const send = makeSend(record, false);
    queue.push(send);
    pump();
    events.changed();
    return send.result.promise;
  };

  return {
    add,
    retry(id) {
      const send = find(id);
      if (!send) return Promise.reject(new ChatError('discarded', 'There is no such message.'));
      const { code: _, ...record } = send.record;
      if (isPending(send)) return send.result.promise;
      if (record.state === 'unknown') {
        remove(send);
        return add(record.text);
      }
      const again = makeSend({ ...record, state: 'pending' }, false);
      queue[queue.indexOf(send)] = again;
      proceed();
      return again.result.promise;
    },
    discard(id) {
      const send = find(id);
      if (!send || (isPending(send) && wasTried(send))) return false;
      drop(send, new ChatError('discarded', 'It was discarded.'));
      return true;
    },
    restore(record) {
      if (!find(record.id))
        queue = [...queue, makeSend(record, true)].sort((a, b) => byAge(a.record, b.record));
      proceed();
    },
    met(entry) {
      const send = find(entry.id);
      if (send && send.record.user === entry.from.id) arrived(send, entry);
    },
    acknowledged({ id, seq, at, text }) {
      const send = find(id);
      const from = core.user();
      if (!send || !from) return false;
      arrived(send, { type: 'message', seq, id, text: text ?? send.record.text, from, at });
      return true;
    },
    pump,
    hasPending: () => queue.some(isPending),
    count: () => queue.length,
    list: () => [...unshown(), ...queue].map(describe),
    refuse(error) {
      for (const send of queue.filter(isPending)) giveUp(send, error);
    },
    strand(isStranded) {
      inLog = inLog.filter(({ record }) => !isStranded(record));
      for (const send of queue)
        if (isPending(send) && wasTried(send) && isStranded(send.record)) giveUp(send, outcomeUnknown());
    },
    close(reason) {
      const left = queue;
      queue = [];
      for (const send of left) {
        flight.leave(send);
        send.result.reject(reason);
      }
    },
  };
}
