import type { ErrorFrame } from '../../lib/protocol';
import { isPermanent, retryDelay, toError } from '../clientContext';
import { backoff, jittered, resendDelay } from '../connection/backoff';
import { REPLY_TIMEOUT_MS } from '../constants';
import type { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';
import type { PendingMessage } from './pendingMessage';
import { resolveUnknownSend } from './resolveUnknownSend';
import type { RoomContext } from './roomContext';

export interface InFlightSendEvents {
  /** A person has to decide what becomes of the send. */
  onRefused(send: PendingMessage, error: ChatError): void;
  /** The log from the send's `after` up to `end` does not hold it. */
  onNotFound(send: PendingMessage, end: number): void;
}

/** The one send of a room that is under way: it is sent again until the server decides. */
export interface InFlightSend {
  current(): PendingMessage | undefined;
  /** Takes a send as the one under way; nothing is sent before `transmit`. */
  start(send: PendingMessage): void;
  transmit(): void;
  /** The room can be used, maybe on another link. */
  resume(): void;
  /** Stops if this send is the one under way. */
  clear(send: PendingMessage): void;
}

export function createInFlightSend(room: RoomContext, events: InFlightSendEvents): InFlightSend {
  let current: PendingMessage | undefined;
  let waitsForRoom = false;
  let attempt = 0;
  let evictions = 0;
  let timer: Cancel | undefined;

  const transmit = (): void => {
    const send = current;
    const link = room.connection();
    waitsForRoom = !link;
    if (!send || !link) return;
    const { id, text, after = 0 } = send.record;
    const frame = { action: 'sendMessage', room: room.name, id, text, after } as const;
    link.request(frame, resendDelay(attempt, room.random), (reply) => {
      // Met in the log before its answer came: whatever wrote it may have died before it told the others, and a
      // repeat makes the server tell them again.
      if (!reply && send.seq !== undefined && link.isOpen()) link.request(frame, REPLY_TIMEOUT_MS, () => {});
      if (current !== send) return;
      if (reply?.type === 'error') return onError(send, reply);
      attempt = link.isOpen() ? attempt + 1 : 0;
      transmit();
    });
  };

  const onError = (send: PendingMessage, failure: ErrorFrame): void => {
    const { code } = failure;
    // The server cannot tell whether the send is in the log already.
    if (code === 'behind') room.log().read(resolveUnknownSend(room, send, () => current === send, events));
    // Whoever is out of the room is on the way in again by now, and is waited for.
    else if (code === 'notMember') pause(evictions++ === 0 ? 0 : backoff(evictions, room.random));
    else if (isPermanent(failure)) events.onRefused(send, toError(failure));
    else pause(jittered(retryDelay(failure), room.random));
  };

  const pause = (ms: number): void => {
    timer = room.clock.after(ms, transmit);
  };

  return {
    current: () => current,
    start(send) {
      current = send;
      waitsForRoom = false;
      attempt = 0;
      evictions = 0;
    },
    transmit,
    resume() {
      if (waitsForRoom) transmit();
    },
    clear(send) {
      if (current !== send) return;
      timer?.();
      current = undefined;
    },
  };
}
