import type { ErrorCode } from '../../lib/protocol';

/** Why something did not happen: a code of the server, or one of the client's own. Codes are stable. */
export type ChatErrorCode =
  | ErrorCode
  /** The outbox holds as many sends as it may: wait for them, or discard failed ones. */
  | 'outboxFull'
  /** The outbox could not keep the send, so the client did not send it: after a crash it might send it twice. */
  | 'outboxFailed'
  /** The send waited longer than the outbox keeps one, and was never tried. */
  | 'tooOld'
  /** The send may or may not be in the room, and the part of the log that would tell is gone. */
  | 'outcomeUnknown'
  /** Another client that shares the outbox has taken the send over. */
  | 'takenOver'
  /** The user or the app discarded the send. */
  | 'discarded'
  /** No answer came to any attempt. */
  | 'timeout'
  /** The room is not joined, was left meanwhile, or cannot be reached now. */
  | 'notJoined'
  /** The chat is closed. */
  | 'closed'
  /** The runtime has no WebSocket and the app passed none. */
  | 'noWebSocket'
  /** No token was given for the user, and none will be. */
  | 'unauthorized';

/** What a {@link ChatError} says besides its code and message. */
export interface ChatErrorDetails {
  /** Wait this long before trying again, in milliseconds. */
  retryAfterMs?: number;
  /** Thrown by the token callback: do not ask again, close the chat. */
  final?: boolean;
  /** When the ban that is the reason ends, by the server's clock in milliseconds since the epoch. */
  until?: number;
  cause?: unknown;
}

/** What every promise of the client rejects with. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  declare readonly code: ChatErrorCode;
  declare readonly retryAfterMs: number | undefined;
  declare readonly final: boolean;
  declare readonly until: number | undefined;

  constructor(code: ChatErrorCode, message: string, details: ChatErrorDetails = {}) {
    super(message, details);
    const { retryAfterMs, final = false, until } = details;
    Object.assign(this, { code, retryAfterMs, final, until });
  }
}
