import type { Ack, MessageEntry, Page } from '../../lib/protocol';
import type { Core } from '../core';
import { ChatError, type ChatErrorCode } from '../errors';
import type { Desk, Reader } from '../log/reader';
import { byAge } from '../outbox/merge';
import { createFlight } from './flight';
import { isPending, outcomeUnknown, type Send, wasTried } from './send';

export interface QueueEvents {
  /** Where the room stands; a send needs both a cursor and a log. */
  position(): { cursor: number | undefined; log: string | undefined };
  page(page: Page): void;
  /** A send is in the log at this place. */
  acknowledged(entry: MessageEntry): void;
  changed(): void;
}

/** Sends on their way into the log, one under way at a time, in order, and written down before they go. */
export interface Queue {
  all(): readonly Send[];
  find(id: string): Send | undefined;
  push(send: Send): void;
  /** Puts older sends where they belong. */
  insert(sends: readonly Send[]): void;
  /** Forgets a send for a reason, or without one where it goes on in another way. */
  drop(send: Send, code?: ChatErrorCode, message?: string): void;
  /** A person has to decide what becomes of a send. */
  giveUp(send: Send, state: 'failed' | 'unknown', error: ChatError): void;
  acknowledged(send: Send, ack: Pick<Ack, 'seq' | 'at' | 'text'>, from?: MessageEntry['from']): void;
  /** Writes a send down; if that fails, the writing down before its first attempt tells. */
  note(send: Send): void;
  /** Goes on, if the room can be used and something waits. */
  pump(): void;
  /** Something has changed: tells so, and goes on. */
  proceed(): void;
  /** Stops; the outbox keeps what is pending. */
  close(reason: ChatError): void;
}

export function createQueue(core: Core, room: Desk, reader: Reader, events: QueueEvents): Queue {
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

  function remove(send: Send): void {
    queue = queue.filter((other) => other !== send);
    flight.leave(send);
    core.keeper.remove(send.record.id);
  }

  function drop(send: Send, code?: ChatErrorCode, message = ''): void {
    remove(send);
    if (code) send.result.reject(new ChatError(code, message));
    proceed();
  }

  function write(send: Send, then: (outcome: 'kept' | 'failed') => void): void {
    send.isKept = core.keeper.isOpen();
    core.keeper.put(send.record, (outcome) => {
      if (outcome !== 'lost') then(outcome);
      else if (queue.includes(send))
        drop(send, 'takenOver', 'Another client that shares the outbox sends this message.');
    });
  }

  function note(send: Send): void {
    write(send, () => {});
  }

  /** Writes the record down, then goes on; what cannot be kept is not sent, or a crash could send it twice. */
  function keep(send: Send, then: () => void, undo = () => {}): void {
    write(send, (outcome) => {
      if (flight.current() !== send) return;
      if (outcome === 'kept') return then();
      undo();
      fail(send, 'outboxFailed', 'The message could not be kept, so it was not sent.');
    });
  }

  function giveUp(send: Send, state: 'failed' | 'unknown', error: ChatError): void {
    flight.leave(send);
    Object.assign(send.record, { state, code: error.code });
    send.error = error;
    note(send);
    send.result.reject(error);
    proceed();
  }

  function fail(send: Send, code: ChatErrorCode, message: string): void {
    giveUp(send, 'failed', new ChatError(code, message));
  }

  function acknowledged(send: Send, ack: Pick<Ack, 'seq' | 'at' | 'text'>, from = core.user()): void {
    if (!queue.includes(send) || !from) return;
    const { id, text } = send.record;
    const { seq, at } = ack;
    send.isInLog = true;
    remove(send);
    events.acknowledged({ type: 'message', seq, id, text: ack.text ?? text, from, at });
    send.result.resolve({ id, seq, at });
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

  function begin(send: Send, first: { after: number; log: string; user: string }): void {
    const isTried = wasTried(send);
    if (core.isTooOld(send.record)) {
      if (isTried) giveUp(send, 'unknown', outcomeUnknown());
      else fail(send, 'tooOld', 'The message waited too long and was never sent.');
      return;
    }
    flight.board(send);
    if (isTried) flight.go();
    else keepFirst(send, first);
  }

  function keepFirst(send: Send, first: { after: number; log: string; user: string }): void {
    const untried = send.record;
    send.record = { ...untried, ...first };
    keep(send, flight.go, () => {
      send.record = untried;
    });
  }

  return {
    all: () => queue,
    find: (id) => queue.find(({ record }) => record.id === id),
    push: (send) => queue.push(send),
    insert(sends) {
      queue = [...queue, ...sends].sort((a, b) => byAge(a.record, b.record));
      proceed();
    },
    drop,
    giveUp,
    acknowledged,
    note,
    pump,
    proceed,
    close(reason) {
      const left = queue;
      queue = [];
      for (const send of left) {
        flight.leave(send);
        send.result.reject(reason);
      }
      events.changed();
    },
  };
}
