import type { Ack, MessageEntry } from '../../lib/protocol';
import type { Core } from '../core';
import { ChatError } from '../errors';
import type { Desk, Reader } from '../log/reader';
import type { PendingSend, Sent } from '../types';
import type { OutboxRecord } from '../world';
import { createQueue, type QueueEvents } from './queue';
import { describe, isPending, makeSend, outcomeUnknown, wasTried } from './send';

/** One room's own sends, as the app and the rest of the room see them. */
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

export function createSends(core: Core, room: Desk, reader: Reader, events: QueueEvents): Sends {
  const queue = createQueue(core, room, reader, events);
  const { all, find, pump } = queue;

  const add = (text: string): Promise<Sent> => {
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
    if (!send.isKept) queue.note(send);
    events.changed();
    return send.result.promise;
  };

  return {
    add,
    retry(id) {
      const send = find(id);
      if (!send) return Promise.reject(new ChatError('discarded', 'There is no such message to send again.'));
      const { record } = send;
      if (record.state === 'unknown') {
        queue.drop(send);
        return add(record.text);
      }
      if (record.state === 'failed') {
        record.state = 'pending';
        delete record.code;
        delete send.error;
        Object.assign(send, makeSend(record, send.isKept));
        queue.note(send);
        queue.proceed();
      }
      return send.result.promise;
    },
    discard(id) {
      const send = find(id);
      if (!send || (isPending(send) && wasTried(send))) return false;
      queue.drop(send, 'discarded', 'The message was discarded.');
      return true;
    },
    restore(records) {
      queue.insert(records.filter(({ id }) => !find(id)).map((record) => makeSend(record, true)));
    },
    met(entry) {
      const send = find(entry.id);
      if (send && send.record.user === entry.from.id) queue.acknowledged(send, entry, entry.from);
    },
    late(ack) {
      const send = find(ack.id);
      if (send) queue.acknowledged(send, ack);
      return send !== undefined;
    },
    pump,
    opened() {
      pump();
      for (const send of all()) if (!send.isKept) queue.note(send);
    },
    hasPending: () => all().some(isPending),
    count: () => all().length,
    list: () => all().map(describe),
    refuse(error) {
      for (const send of all().filter(isPending)) queue.giveUp(send, 'failed', error);
    },
    strand(isStranded) {
      for (const send of all().filter((other) => wasTried(other) && isPending(other)))
        if (isStranded(send.record)) queue.giveUp(send, 'unknown', outcomeUnknown());
    },
    close: queue.close,
  };
}
