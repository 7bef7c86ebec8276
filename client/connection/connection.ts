import {
  BEARER_PREFIX,
  type ClientMessage,
  type ErrorFrame,
  parseFrame,
  REFUSED_SUBPROTOCOL,
  type Reply,
  SESSION_PREFIX,
  type ServerMessage,
  SUBPROTOCOL,
} from '../../lib/protocol';
import { HANDSHAKE_TIMEOUT_MS, REPLY_TIMEOUT_MS } from '../common/constants';
import type { Clock, OpenSocket, Socket } from '../common/platform';
import { knownFrames } from './knownFrames';

/**
 * How a connection ended: never opened, perhaps for a reason that the server told; closed by either side; or because it
 * did not answer.
 */
export type CloseReason = 'refused' | 'tooManyConnections' | 'banned' | 'closed' | 'noAnswer';

/** What a connection reports. */
export interface ConnectionEvents {
  onOpen(): void;
  /** Called once, before the outstanding requests end without a reply; with the end of a ban. */
  onClose(ending: CloseReason, until?: number): void;
  /** Called with each frame, before the request that it answers. */
  onFrame(message: ServerMessage): void;
}

/** What a connection is given. */
export interface ConnectionOptions {
  clock: Clock;
  open: OpenSocket;
  url: string;
  /** Names the chat: the server lets a connection replace an older one of the same session. */
  session: string;
  report(error: unknown): void;
}

/** Takes the answer to a request. */
type Done = (reply?: Exclude<Reply, ErrorFrame>, error?: ErrorFrame) => void;

/** A connection, from its handshake to its end, and its outstanding requests. */
export interface Connection {
  isOpen(): boolean;
  /** When API Gateway last refused a frame: its throttle has no reference to the frame. */
  throttledAt: number;
  /** When the server last answered a request otherwise than by an error: the request renewed the lease. */
  answeredAt: number;
  /**
   * Sends a frame, and calls `done` once: with the reply, with the server's refusal, or with neither if the connection
   * closed or no answer came within `withinMs`.
   */
  request(message: ClientMessage, withinMs: number, done: Done): void;
  close(ending?: CloseReason, until?: number): void;
}

/** Opens a socket with a token. */
export function openConnection(
  { clock, open, url, session, report }: ConnectionOptions,
  token: string,
  events: ConnectionEvents,
): Connection {
  const waiting = new Map<string, (reply?: Reply) => void>();
  let state: 'opening' | 'open' | 'refused' | 'closed' = 'opening';
  let asked = 0;
  let socket: Socket | undefined;

  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      report(error);
    }
  };

  const close = (ending: CloseReason = 'closed', until?: number): void => {
    if (state === 'closed') return;
    state = 'closed';
    cancelTimer();
    guarded(() => socket?.close());
    guarded(() => events.onClose(ending, until));
    for (const settle of waiting.values()) settle();
  };

  const read = (frame: string): void => {
    const message = parseFrame(frame, knownFrames);
    if (!message) {
      // API Gateway's own refusal of a frame above its rates. It does not say of which.
      if (frame.includes('Too Many Requests')) connection.throttledAt = clock.now();
      return;
    }
    guarded(() => events.onFrame(message));
    if (!('ref' in message)) return;
    if (message.type !== 'error') connection.answeredAt = clock.now();
    waiting.get(message.ref ?? '')?.(message);
  };

  guarded(() => {
    socket = open(url, [SUBPROTOCOL, REFUSED_SUBPROTOCOL, SESSION_PREFIX + session, BEARER_PREFIX + token], {
      open(protocol) {
        if (state !== 'opening') return;
        cancelTimer();
        state = protocol === REFUSED_SUBPROTOCOL ? 'refused' : 'open';
        if (state === 'open') guarded(events.onOpen);
        else askWhy();
      },
      message(frame) {
        if (state !== 'closed') read(frame);
      },
      close: () => close(state === 'open' ? 'closed' : 'refused'),
    });
  });
  const cancelTimer = clock.after(socket ? HANDSHAKE_TIMEOUT_MS : 0, () => close('refused'));

  const askWhy = (): void =>
    connection.request({ action: 'ping', rooms: {} }, REPLY_TIMEOUT_MS, (_reply, error) => {
      const { code, until } = error ?? {};
      close(code === 'tooManyConnections' || code === 'banned' ? code : 'refused', until);
    });

  const connection: Connection = {
    isOpen: () => state === 'open',
    throttledAt: -1,
    answeredAt: 0,
    request(message, withinMs, done) {
      const ref = String(++asked);
      const settle = (reply?: Reply): void => {
        waiting.delete(ref);
        cancel();
        guarded(() => (reply?.type === 'error' ? done(undefined, reply) : done(reply)));
      };
      const cancel = clock.after(withinMs, settle);
      waiting.set(ref, settle);
      guarded(() => socket?.send(JSON.stringify({ ...message, ref })));
    },
    close,
  };
  return connection;
}
