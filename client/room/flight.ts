import type { Ack, Failure, Page } from '../../lib/protocol';
import { backoff, jittered, resendDelay } from '../backoff';
import { type Core, isPermanent, REPLY_MS, waitAsked } from '../core';
import type { Desk, Reader } from '../log/reader';
import { search } from '../log/search';
import type { Link } from '../socket/link';
import type { Cancel } from '../world';
import type { Send } from './send';

export interface FlightEvents {
  acknowledged(send: Send, ack: Ack): void;
  refused(send: Send, failure: Failure): void;
  /** The part of the log that could hold the send is gone. */
  lost(send: Send): void;
  /** The log up to `end` does not hold the send: write that down, then go on. */
  raised(send: Send, end: number, goOn: () => void): void;
  page(page: Page): void;
}

/** The one send of a room that is under way: it is sent again until the server decides. */
export interface Flight {
  current(): Send | undefined;
  /** Takes a send as the one under way; nothing is sent before `go`. */
  board(send: Send): void;
  go(): void;
  /** The room can be used, maybe on another link. */
  resume(): void;
  /** Stops if this send is the one under way. */
  leave(send: Send): void;
}

export function createFlight(core: Core, room: Desk, reader: Reader, events: FlightEvents): Flight {
  let current: Send | undefined;
  let waitsForRoom = false;
  let attempt = 0;
  let evictions = 0;
  let timer: Cancel | undefined;

  const go = (): void => {
    const send = current;
    const link = room.link();
    waitsForRoom = !link;
    if (!send || !link) return;
    const { id, text, after = 0 } = send.record;
    const wait = resendDelay(attempt, core.random);
    const frame = { action: 'sendMessage', room: room.name, id, text, after } as const;
    link.request(frame, wait, (reply) => {
      if (reply?.type === 'ack') return events.acknowledged(send, reply);
      if (!reply && send.isInLog) return tellOthers(link, frame);
      if (current !== send) return;
      if (reply?.type === 'error') return onError(send, link, reply);
      attempt = link.isOpen() ? attempt + 1 : 0;
      go();
    });
  };

  // Met in the log before its answer came: whatever wrote it may have died before it told the others, and a
  // repeat makes the server tell them again.
  const tellOthers = (link: Link, frame: Parameters<Link['request']>[0]): void => {
    if (link.isOpen()) link.request(frame, REPLY_MS, () => {});
  };

  const onError = (send: Send, link: Link, failure: Failure) => {
    switch (failure.code) {
      case 'behind':
        return lookFor(send);
      case 'expired':
        core.expired(link);
        return goWithRoom(link);
      case 'notMember':
        room.evicted(link);
        if (evictions++ === 0) return goWithRoom(link);
        return pause(backoff(evictions, core.random));
      default:
        if (isPermanent(failure)) events.refused(send, failure);
        else pause(jittered(waitAsked(failure), core.random));
    }
  };

  /** Goes on once the room is joined again; at once if the link that refused has been replaced meanwhile. */
  const goWithRoom = (refusing: Link): void => {
    waitsForRoom = true;
    if (room.link() !== refusing) resume();
  };

  const resume = (): void => {
    if (waitsForRoom) go();
  };

  const pause = (ms: number): void => {
    timer = core.clock.after(ms, go);
  };

  /** The server cannot tell whether the send is in the log already: read all of it since the first attempt. */
  const lookFor = (send: Send): void => {
    const job = search(send.record.after ?? 0, send.record.id, {
      isNeeded: () => current === send,
      take: events.page,
      refused: (failure) => events.refused(send, failure),
      missing: () => events.lost(send),
      whole: (end) => events.raised(send, end, go),
    });
    reader.start(job);
  };

  return {
    current: () => current,
    board(send) {
      current = send;
      waitsForRoom = false;
      attempt = 0;
      evictions = 0;
    },
    go,
    resume,
    leave(send) {
      if (current !== send) return;
      timer?.();
      current = undefined;
      waitsForRoom = false;
    },
  };
}
