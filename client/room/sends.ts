import type { Ack, Failure, MessageEntry } from '../../lib/protocol';
import { backoff, jittered, resendDelay } from '../backoff';
import { type Core, isPermanent, waitAsked } from '../core';
import { ChatError } from '../errors';
import type { Desk, Reader } from '../log/reader';
import { search } from '../log/search';
import type { Link } from '../socket/link';
import type { PendingSend, Sent } from '../types';
import type { OutboxRecord } from '../world';
import { describe, foundFailed, isBy, makeSend, outcomeUnknown, type Send, wasTried } from './send';

export interface SendsEvents {
  cursor(): number | undefined;
  log(): string | undefined;
  takePage: Parameters<typeof search>[1]['take'];
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
  close(): void;
}

export function createSends(core: Core, room: Desk, reader: Reader, events: SendsEvents): Sends {
  let queue: Send[] = [];
  let active: Send | undefined;
  let isReady = false;

  const find = (id: string): Send | undefined => queue.find(({ record }) => record.id === id);
  const isQueued = (send: Send): boolean => queue.includes(send);

  const drop = (send: Send): void => {
    queue = queue.filter((other) => other !== send);
    release(send);
    core.keeper.remove(send.record.id);
  };

  const release = (send: Send): void => {
    send.timer?.();
    if (active !== send) return;
    active = undefined;
    isReady = false;
  };

  /** Writes the record down, then goes on; what cannot be kept is not sent, or a crash could send it twice. */
  const keep = (send: Send, then: () => void, undo = () => {}): void => {
    send.isKept = true;
    core.keeper.put(send.record, (outcome) => {
      if (!isQueued(send)) return;
      if (outcome === 'kept') return then();
      send.isKept = false;
      if (outcome === 'lost') return takenOver(send);
      undo();
      fail(send, new ChatError('outboxFailed', 'The message could not be kept, so it was not sent.'));
    });
  };

  /** Writes down what waits; if that fails, the writing down before the first attempt tells. */
  const note = (send: Send): void => {
    send.isKept = core.keeper.isOpen();
    core.keeper.put(send.record, (outcome) => {
      if (outcome === 'lost' && isQueued(send)) takenOver(send);
    });
  };

  const takenOver = (send: Send): void => {
    drop(send);
    send.reject(new ChatError('takenOver', 'Another client that shares the outbox sends this message.'));
    proceed();
  };

  const giveUp = (send: Send, state: 'failed' | 'unknown', error: ChatError): void => {
    release(send);
    send.record.state = state;
    send.record.code = error.code;
    send.error = error;
    note(send);
    send.reject(error);
    proceed();
  };

  const fail = (send: Send, error: ChatError): void => giveUp(send, 'failed', error);

  const proceed = (): void => {
    events.changed();
    pump();
  };

  const pump = (): void => {
    if (active) {
      if (isReady) transmit(active);
      return;
    }
    const cursor = events.cursor();
    const log = events.log();
    const user = core.user();
    const send = queue.find(({ record }) => record.state === 'pending');
    if (!send || cursor === undefined || log === undefined || !user) return;
    if (!core.keeper.isOpen() || !room.link()) return;
    if (core.isTooOld(send.record)) expire(send);
    else begin(send, { after: cursor, log, user: user.id });
  };

  const begin = (send: Send, first: Pick<OutboxRecord, 'after' | 'log' | 'user'>): void => {
    active = send;
    send.attempt = 0;
    if (wasTried(send)) {
      transmit(send);
      return;
    }
    Object.assign(send.record, first);
    keep(
      send,
      () => transmit(send),
      () => {
        delete send.record.after;
        delete send.record.log;
      },
    );
  };

  const expire = (send: Send): void => {
    if (wasTried(send)) giveUp(send, 'unknown', outcomeUnknown());
    else fail(send, new ChatError('tooOld', 'The message waited too long and was never sent.'));
  };

  const transmit = (send: Send): void => {
    if (active !== send) return;
    const link = room.link();
    isReady = !link;
    if (!link) return;
    const { id, text, after = 0 } = send.record;
    const wait = resendDelay(send.attempt, core.random);
    link.request({ action: 'sendMessage', room: room.name, id, text, after }, wait, (reply) => {
      if (reply?.type === 'ack') return acknowledge(send, reply);
      if (active !== send) return;
      if (reply?.type === 'error') return onError(send, link, reply);
      send.attempt = link.isOpen() ? send.attempt + 1 : 0;
      transmit(send);
    });
  };

  const onError = (send: Send, link: Link, failure: Failure) => {
    switch (failure.code) {
      case 'behind':
        return lookFor(send);
      case 'expired':
        isReady = true;
        core.expired(link);
        return goOnElsewhere(link);
      case 'notMember':
        if (send.refusals++ > 0) pause(send, backoff(send.refusals, core.random));
        else isReady = true;
        room.evicted(link);
        return goOnElsewhere(link);
      default:
        if (isPermanent(failure)) fail(send, new ChatError(failure.code, failure.message));
        else pause(send, jittered(waitAsked(failure), core.random));
    }
  };

  /** A refusal by a link that has been replaced meanwhile is no reason to wait: the new one is ready. */
  const goOnElsewhere = (link: Link): void => {
    if (room.link() !== link) pump();
  };

  const pause = (send: Send, ms: number): void => {
    send.timer = core.clock.after(ms, () => transmit(send));
  };

  /** The server cannot tell whether the send is in the log already: read all of it since the first attempt. */
  const lookFor = (send: Send): void => {
    const job = search(send.record.after ?? 0, {
      isNeeded: () => active === send,
      take: events.takePage,
      refused: (failure) => fail(send, new ChatError(failure.code, failure.message)),
      missing: () => giveUp(send, 'unknown', outcomeUnknown()),
      whole(end) {
        send.record.after = end;
        keep(send, () => transmit(send));
      },
    });
    reader.start(job);
  };

  const acknowledge = (send: Send, { seq, at, text }: Pick<Ack, 'seq' | 'at' | 'text'>): void => {
    const user = core.user();
    if (!isQueued(send) || !user) return;
    drop(send);
    const { id } = send.record;
    events.acknowledged({ type: 'message', seq, id, text: text ?? send.record.text, from: user, at });
    send.resolve({ id, seq, at });
    proceed();
  };

  const again = (send: Send): void => {
    Object.assign(send, makeSend(send.record, send.isKept));
    delete send.error;
    delete send.record.code;
    send.record.state = 'pending';
  };

  const add = (text: string): Promise<Sent> => {
    const { clock, newId, nextOrder } = core;
    const user = core.user()?.id;
    const record: OutboxRecord = {
      id: newId(),
      room: room.name,
      text,
      ...(user !== undefined && { user }),
      at: clock.now(),
      order: nextOrder(),
      state: 'pending',
    };
    const send = makeSend(record, false);
    queue.push(send);
    pump();
    if (active !== send) note(send);
    events.changed();
    return send.result;
  };

  return {
    add,
    retry(id) {
      const send = find(id);
      if (!send || send.record.state === 'pending')
        return send?.result ?? Promise.reject(new ChatError('discarded', 'There is no such send.'));
      if (send.record.state === 'unknown') {
        drop(send);
        return add(send.record.text);
      }
      again(send);
      note(send);
      proceed();
      return send.result;
    },
    discard(id) {
      const send = find(id);
      if (!send || (send.record.state === 'pending' && wasTried(send))) return false;
      drop(send);
      send.reject(new ChatError('discarded', 'The message was discarded.'));
      proceed();
      return true;
    },
    restore(records) {
      for (const record of records) {
        if (find(record.id)) continue;
        const send = makeSend(record, true);
        const error = foundFailed(record);
        if (error) send.error = error;
        queue.push(send);
      }
      queue.sort((a, b) => a.record.at - b.record.at || a.record.order - b.record.order);
      proceed();
    },
    met(entry) {
      const send = find(entry.id);
      if (send && entry.from.id === core.user()?.id && isBy(send.record, entry.from))
        acknowledge(send, entry);
    },
    late(ack) {
      const send = find(ack.id);
      if (send) acknowledge(send, ack);
      return send !== undefined;
    },
    pump,
    opened() {
      pump();
      for (const send of queue) if (!send.isKept) note(send);
    },
    hasPending: () => queue.some(({ record }) => record.state === 'pending'),
    count: () => queue.length,
    list: () => queue.map(describe),
    refuse(error) {
      for (const send of queue.filter(({ record }) => record.state === 'pending')) fail(send, error);
    },
    strand(isStranded) {
      for (const send of queue.filter((other) => wasTried(other) && other.record.state === 'pending'))
        if (isStranded(send.record)) giveUp(send, 'unknown', outcomeUnknown());
    },
    close() {
      const left = queue;
      queue = [];
      for (const send of left) {
        release(send);
        send.reject(new ChatError('closed', 'The chat was closed; the outbox keeps the message.'));
      }
      events.changed();
    },
  };
}
