import type { ServerMessage } from '../../lib/protocol';
import {
  MAX_CONNECTION_MS,
  MIN_RENEWAL_MS,
  OVERLAP_MS,
  RENEWAL_FROM_FRACTION,
  RENEWAL_SPREAD_FRACTION,
  STABLE_MS,
  STALLED_ATTEMPT_MS,
} from '../constants';
import { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';
import type { ChatState, ConnectingReason, TokenRequest } from '../types';
import { backoff, refusedDelay } from './backoff';
import { type CloseReason, type Connection, type ConnectionOptions, openConnection } from './connection';
import { type Heartbeat, type HeartbeatOptions, startHeartbeat } from './heartbeat';
import type { Token } from './jwt';
import { createTokenProvider, type TokenProviderOptions } from './tokenProvider';

export type ConnectionManagerOptions = TokenProviderOptions & ConnectionOptions & HeartbeatOptions;

export interface ConnectionManagerEvents {
  /** A frame has come; who asked for it is told afterwards. */
  onFrame(message: ServerMessage, link: Connection): void;
  onState(state: ChatState): void;
  onToken(token: Token): void;
  /** A link has opened, or ended. */
  onChange(): void;
}

/** Sees to it that there is an open link, and that it is replaced in time: make before break. */
export interface ConnectionManager {
  start(): void;
  /** Ends every link; with the error, if there is one. */
  stop(error?: ChatError): void;
  /** Every open link, the newest first: one, or two while one replaces the other. */
  connections(): readonly Connection[];
  /** Somebody says that it is worth trying: the waiting ends, and a link is asked whether it lives. */
  wake(): void;
}

export function createConnectionManager(
  options: ConnectionManagerOptions,
  events: ConnectionManagerEvents,
): ConnectionManager {
  const { clock, random, report } = options;
  const tokens = createTokenProvider(options, events.onToken);
  let isWanted = false;
  let links: readonly Connection[] = [];
  /** What is under way to another link: the question for a token, then the handshake. */
  let attempt: { link?: Connection; since: number; stop: Cancel } | undefined;
  let waiting: { until: number; stop: Cancel } | undefined;
  let failures = 0;
  let refusals = 0;
  /** When the newest link opened; 0 before the first. */
  let openedAt = 0;
  let pulse: Heartbeat | undefined;
  let timers: Cancel[] = [];
  let reason: ConnectingReason | undefined;

  const show = (): void => {
    if (!isWanted) return;
    if (links[0]) events.onState({ kind: 'connected' });
    else events.onState({ kind: 'connecting', reason, retryAt: waiting?.until });
  };

  const stopWaiting = (): void => {
    waiting?.stop();
    waiting = undefined;
  };

  const dial = (): void => {
    stopWaiting();
    if (!isWanted || attempt) return;
    let cancel: Cancel | undefined;
    const asking = {
      since: clock.now(),
      stop() {
        attempt = undefined;
        cancel?.();
      },
    };
    attempt = asking;
    show();
    // Whoever was told of it may have closed the chat.
    if (attempt !== asking) return;
    cancel = tokens.get(
      (token) => {
        if (attempt === asking) connect(token);
      },
      (error) => {
        attempt = undefined;
        report(error);
        if (error instanceof ChatError && error.final) stop(error);
        else schedule('noToken');
      },
    );
  };

  const connect = (token: string): void => {
    const link = openConnection(options, token, {
      onOpen: () => opened(link),
      onClose: (ending) => closed(link, ending),
      onFrame(message) {
        if (message.type === 'error' && message.code === 'expired') expired(link);
        events.onFrame(message, link);
      },
    });
    attempt = { link, since: clock.now(), stop: () => link.close('refused') };
  };

  const opened = (link: Connection): void => {
    const old = links[0];
    attempt = undefined;
    reason = undefined;
    refusals = 0;
    links = [link, ...links];
    openedAt = clock.now();
    stopTimers();
    const lives = Math.min(MAX_CONNECTION_MS, tokens.remainingMs());
    const replacedAfter = lives * (RENEWAL_FROM_FRACTION + RENEWAL_SPREAD_FRACTION * random());
    pulse = startHeartbeat(options, link);
    timers = [
      pulse.stop,
      clock.after(Math.max(MIN_RENEWAL_MS, replacedAfter), () => replace('expiring')),
      clock.after(STABLE_MS, () => {
        failures = 0;
      }),
    ];
    if (old) clock.after(OVERLAP_MS, old.close);
    show();
    events.onChange();
  };

  const replace = (reason: TokenRequest['reason']): void => {
    if (attempt) return;
    tokens.invalidate(reason);
    dial();
  };

  const closed = (link: Connection, ending: CloseReason): void => {
    const isNewest = link === links[0];
    const isFirst = link === attempt?.link;
    links = links.filter((other) => other !== link);
    if (isNewest) stopTimers();
    if (isFirst) attempt = undefined;
    else events.onChange();
    if (ending === 'refused') tokens.invalidate(ending);
    if (isNewest || isFirst) schedule(ending);
  };

  const schedule = (next: ConnectingReason): void => {
    reason = next;
    if (isWanted && !attempt && !waiting) {
      const isTurnedAway = next === 'refused' && openedAt > 0;
      const ms = isTurnedAway ? refusedDelay(++refusals, random) : backoff(failures++, random);
      waiting = { until: clock.now() + ms, stop: clock.after(ms, dial) };
    }
    show();
  };

  const stopTimers = (): void => {
    for (const cancel of timers) cancel();
  };

  /** The server no longer takes a link's token. */
  const expired = (link: Connection): void => {
    if (link !== links[0] || waiting || attempt) return;
    tokens.invalidate('expired');
    if (clock.now() - openedAt > STABLE_MS) dial();
    else schedule('expired');
  };

  const stop = (error?: ChatError): void => {
    isWanted = false;
    stopWaiting();
    attempt?.stop();
    for (const link of links) link.close();
    events.onState(
      error
        ? { kind: 'disconnected', reason: 'unauthorized', error }
        : { kind: 'disconnected', reason: 'closed' },
    );
  };

  return {
    start() {
      isWanted = true;
      reason = undefined;
      dial();
    },
    stop,
    connections: () => links,
    wake() {
      if (links[0]) return pulse?.probe();
      if (attempt && clock.now() - attempt.since > STALLED_ATTEMPT_MS) attempt.stop();
      dial();
    },
  };
}
