import type { ClientMessage, ErrorFrame } from '../../lib/protocol';
import { REPLY_TIMEOUT_MS } from '../common/constants';
import type { ChatError } from '../common/errors';
import type { OutboxRecord } from '../common/outboxTypes';
import type { Cancel } from '../common/platform';
import { backoff, jittered, resendDelay } from '../connection/backoff';
import { ABOUT_ROOM, isPermanent, retryDelay, toError } from '../connection/requestErrors';
import { outcomeUnknown, type PendingMessage } from './pendingMessage';
import { type ResolveEvents, resolveUnknownSend } from './resolveUnknownSend';
import type { RoomContext } from './roomContext';

/** What an in-flight send reports. */
export interface InFlightSendEvents extends ResolveEvents {}

/** Sends one message of a room at a time, again and again until the server acknowledges or refuses it. */
export interface InFlightSend {
  current(): PendingMessage | undefined;
  /** Makes a message the current one. `transmit` sends it. */
  start(message: PendingMessage): void;
  transmit(): void;
  /** Sends the current message if it waited for the room to be joined. */
  resume(): void;
  /** Stops sending this message, if it is the current one. */
  clear(message: PendingMessage): void;
}

/** Creates a sender without a message. */
export function createInFlightSend(room: RoomContext, events: InFlightSendEvents): InFlightSend {
  let current: PendingMessage | undefined;
  let waitsForRoom = false;
  let attempt = 0;
  let evictions = 0;
  /** Cancels what leads to the next attempt: a wait, or a place in the pacer's queue. */
  let cancelNext: Cancel | undefined;

  const transmit = (): void => {
    waitsForRoom = false;
    cancelNext = room.sendPacer.run(send);
  };

  const send = (): void => {
    const message = current;
    const connection = room.connection();
    waitsForRoom = !connection;
    if (!message || !connection) return;
    const frame = frameOf(message.record);
    const wasInDoubt = message.isInDoubt;
    message.isInDoubt = true;
    connection.request(frame, resendDelay(attempt, room.random), (reply, error) => {
      if (reply) room.sendPacer.speedUp();
      // The message was found in the log before its acknowledgement came. The function that wrote it may have crashed
      // before it delivered the message. A repeat makes the server post it again.
      if (!reply && !error && message.seq !== undefined && connection.isOpen())
        connection.request(frame, REPLY_TIMEOUT_MS, () => {});
      if (current !== message) return;
      if (error) {
        // `unavailable` says that the outcome is unknown; every other error says that this attempt wrote nothing.
        message.isInDoubt = wasInDoubt || error.code === 'unavailable';
        return onError(message, error);
      }
      attempt = connection.isOpen() ? attempt + 1 : 0;
      transmit();
    });
  };

  const onError = (message: PendingMessage, error: ErrorFrame): void => {
    // The server cannot tell whether the message is in the log already.
    if (error.code === 'behind') resolve(message);
    // A connection that is not in the room is joining it again by now.
    else if (error.code === 'notMember') pause(evictions++ && backoff(evictions, room.random));
    else if (isPermanent(error)) events.onRefused(message, refusal(message, error));
    else pause(retryDelay(error, room.sendPacer, jittered(1, room.random)));
  };

  const resolve = (message: PendingMessage): void => {
    room.log().read(resolveUnknownSend(room, message, () => current === message, events));
  };

  const pause = (ms: number): void => {
    cancelNext = room.clock.after(ms, transmit);
  };

  return {
    current: () => current,
    start(message) {
      current = message;
      waitsForRoom = false;
      attempt = 0;
      evictions = 0;
    },
    transmit,
    resume() {
      if (waitsForRoom) transmit();
    },
    clear(message) {
      if (current !== message) return;
      cancelNext?.();
      current = undefined;
    },
  };
}

/** Gives the error of a refused message. A refusal of the room does not decide an earlier attempt without a reply. */
export function refusal(message: PendingMessage, error: ErrorFrame): ChatError {
  return message.isInDoubt && ABOUT_ROOM.includes(error.code) ? outcomeUnknown() : toError(error);
}

/** The frame of a record. A deletion has no text. */
function frameOf({ id, room, text, more, of, after = 0, action }: OutboxRecord): ClientMessage {
  const frame = { action: action ?? 'sendMessage', room, id, of, after };
  return { ...frame, text: text || undefined, ...more } as ClientMessage;
}
