import type { ErrorFrame } from '../../lib/protocol';
import { isPermanent, toError, waitAsked } from '../clientContext';
import { backoff, jittered, resendDelay } from '../connection/backoff';
import { REPLY_MS } from '../constants';
import type { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';
import type { Send } from './pendingMessage';
import { search } from './resolveUnknownSend';
import type { Desk } from './roomContext';

export interface FlightEvents {
  /** A person has to decide what becomes of the send. */
  refused(send: Send, error: ChatError): void;
  /** The log from the send's `after` up to `end` does not hold it. */
  raised(send: Send, end: number): void;
}

/** The one send of a room that is under way: it is sent again until the server decides. */
export interface Flight {
  underWay(): Send | undefined;
  /** Takes a send as the one under way; nothing is sent before `go`. */
  board(send: Send): void;
  go(): void;
  /** The room can be used, maybe on another link. */
  resume(): void;
  /** Stops if this send is the one under way. */
  alight(send: Send): void;
}

export function createFlight(room: Desk, events: FlightEvents): Flight {
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
    const frame = { action: 'sendMessage', room: room.name, id, text, after } as const;
    link.exchange(frame, resendDelay(attempt, room.random), (reply) => {
      // Met in the log before its answer came: whatever wrote it may have died before it told the others, and a
      // repeat makes the server tell them again.
      if (!reply && send.seq !== undefined && link.isOpen()) link.exchange(frame, REPLY_MS, () => {});
      if (current !== send) return;
      if (reply?.type === 'error') return onError(send, reply);
      attempt = link.isOpen() ? attempt + 1 : 0;
      go();
    });
  };

  const onError = (send: Send, failure: ErrorFrame): void => {
    const { code } = failure;
    // The server cannot tell whether the send is in the log already.
    if (code === 'behind') room.log().read(search(room, send, () => current === send, events));
    // Whoever is out of the room is on the way in again by now, and is waited for.
    else if (code === 'notMember') pause(evictions++ === 0 ? 0 : backoff(evictions, room.random));
    else if (isPermanent(failure)) events.refused(send, toError(failure));
    else pause(jittered(waitAsked(failure), room.random));
  };

  const pause = (ms: number): void => {
    timer = room.clock.after(ms, go);
  };

  return {
    underWay: () => current,
    board(send) {
      current = send;
      waitsForRoom = false;
      attempt = 0;
      evictions = 0;
    },
    go,
    resume() {
      if (waitsForRoom) go();
    },
    alight(send) {
      if (current !== send) return;
      timer?.();
      current = undefined;
    },
  };
}
