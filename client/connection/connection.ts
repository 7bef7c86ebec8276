import {
  BEARER_PREFIX,
  type ClientMessage,
  parseServerFrame,
  type Reply,
  type ServerMessage,
  SUBPROTOCOL,
} from '../../lib/protocol';
import { OPENS_WITHIN_MS } from '../constants';
import type { Clock, OpenSocket, Socket } from '../platform/platform';

/** How a link ended: never opened, closed by either side, or because it did not answer. */
export type Ending = 'refused' | 'closed' | 'noAnswer';

export interface LinkEvents {
  opened(): void;
  /** Once, before the outstanding requests are told. */
  closed(ending: Ending): void;
  /** A frame has come; who asked for it is told afterwards. */
  heard(message: ServerMessage): void;
}

export interface LinkOptions {
  clock: Clock;
  open: OpenSocket;
  url: string;
  report(error: unknown): void;
}

/** One socket, from its handshake to its end, and the requests that are outstanding on it. */
export interface Link {
  isOpen(): boolean;
  /** Asks for a reply; `undefined` when none came in `withinMs`, or the link closed. Called back exactly once. */
  exchange(message: ClientMessage, withinMs: number, done: (reply: Reply | undefined) => void): void;
  close(ending?: Ending): void;
}

/** Opens a socket with a token. */
export function openLink({ clock, open, url, report }: LinkOptions, token: string, events: LinkEvents): Link {
  const waiting = new Map<string, (reply?: Reply) => void>();
  let state: 'opening' | 'open' | 'closed' = 'opening';
  let asked = 0;
  let socket: Socket | undefined;

  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      report(error);
    }
  };

  const close = (ending: Ending = 'closed'): void => {
    if (state === 'closed') return;
    state = 'closed';
    cancelTimer();
    guarded(() => socket?.close());
    guarded(() => events.closed(ending));
    for (const settle of waiting.values()) settle();
  };

  const read = (frame: string): void => {
    const message = parseServerFrame(frame);
    if (!message) return;
    guarded(() => events.heard(message));
    if ('ref' in message) waiting.get(message.ref ?? '')?.(message);
  };

  guarded(() => {
    socket = open(url, [SUBPROTOCOL, BEARER_PREFIX + token], {
      open() {
        if (state !== 'opening') return;
        state = 'open';
        cancelTimer();
        guarded(events.opened);
      },
      message(frame) {
        if (state === 'open') read(frame);
      },
      close: () => close(state === 'open' ? 'closed' : 'refused'),
    });
  });
  const cancelTimer = clock.after(socket ? OPENS_WITHIN_MS : 0, () => close('refused'));

  const link: Link = {
    isOpen: () => state === 'open',
    exchange(message, withinMs, done) {
      const ref = (++asked).toString(36);
      const settle = (reply?: Reply): void => {
        waiting.delete(ref);
        cancel();
        guarded(() => done(reply));
      };
      const cancel = clock.after(withinMs, settle);
      waiting.set(ref, settle);
      guarded(() => socket?.send(JSON.stringify({ ...message, ref })));
    },
    close,
  };
  return link;
}
