import type { ServerMessage } from '../../lib/protocol';
import {
  LONGEST_CONNECTION_MS,
  OVERLAP_MS,
  REPLACED_FROM,
  REPLACED_SOONEST_MS,
  REPLACED_WITHIN,
  STABLE_MS,
  STUCK_MS,
} from '../constants';
import { ChatError } from '../errors';
import type { Cancel } from '../platform/platform';
import type { ChatState, ConnectingReason, TokenRequest } from '../types';
import { backoff, refusedDelay } from './backoff';
import { type Ending, type Link, type LinkOptions, openLink } from './connection';
import { type Pulse, type PulseOptions, startPulse } from './heartbeat';
import type { Token } from './jwt';
import { createTokens, type TokensOptions } from './tokenProvider';

export type ConnectorOptions = TokensOptions & LinkOptions & PulseOptions;

export interface ConnectorEvents {
  /** A frame has come; who asked for it is told afterwards. */
  heard(message: ServerMessage, link: Link): void;
  state(state: ChatState): void;
  token(token: Token): void;
  /** A link has opened, or ended. */
  changed(): void;
}

/** Sees to it that there is an open link, and that it is replaced in time: make before break. */
export interface Connector {
  start(): void;
  /** Ends every link; with the error, if there is one. */
  stop(error?: ChatError): void;
  /** Every open link, the newest first: one, or two while one replaces the other. */
  links(): readonly Link[];
  /** Somebody says that it is worth trying: the waiting ends, and a link is asked whether it lives. */
  wake(): void;
}

export function createConnector(options: ConnectorOptions, events: ConnectorEvents): Connector {
  const { clock, random, report } = options;
  const tokens = createTokens(options, events.token);
  let isWanted = false;
  let links: readonly Link[] = [];
  /** What is under way to another link: the question for a token, then the handshake. */
  let attempt: { link?: Link; since: number; stop: Cancel } | undefined;
  let waiting: { until: number; stop: Cancel } | undefined;
  let failures = 0;
  let refusals = 0;
  /** When the newest link opened; 0 before the first. */
  let openedAt = 0;
  let pulse: Pulse | undefined;
  let timers: Cancel[] = [];
  let reason: ConnectingReason | undefined;

  const show = (): void => {
    if (!isWanted) return;
    if (links[0]) events.state({ name: 'connected' });
    else events.state({ name: 'connecting', reason, retryAt: waiting?.until });
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
    const link = openLink(options, token, {
      opened: () => opened(link),
      closed: (ending) => closed(link, ending),
      heard(message) {
        if (message.type === 'error' && message.code === 'expired') expired(link);
        events.heard(message, link);
      },
    });
    attempt = { link, since: clock.now(), stop: () => link.close('refused') };
  };

  const opened = (link: Link): void => {
    const old = links[0];
    attempt = undefined;
    reason = undefined;
    refusals = 0;
    links = [link, ...links];
    openedAt = clock.now();
    stopTimers();
    const lives = Math.min(LONGEST_CONNECTION_MS, tokens.leftMs());
    const replacedAfter = lives * (REPLACED_FROM + REPLACED_WITHIN * random());
    pulse = startPulse(options, link);
    timers = [
      pulse.stop,
      clock.after(Math.max(REPLACED_SOONEST_MS, replacedAfter), () => replace('expiring')),
      clock.after(STABLE_MS, () => {
        failures = 0;
      }),
    ];
    if (old) clock.after(OVERLAP_MS, old.close);
    show();
    events.changed();
  };

  const replace = (why: TokenRequest['why']): void => {
    if (attempt) return;
    tokens.need(why);
    dial();
  };

  const closed = (link: Link, ending: Ending): void => {
    const isNewest = link === links[0];
    const isFirst = link === attempt?.link;
    links = links.filter((other) => other !== link);
    if (isNewest) stopTimers();
    if (isFirst) attempt = undefined;
    else events.changed();
    if (ending === 'refused') tokens.need(ending);
    if (isNewest || isFirst) schedule(ending);
  };

  const schedule = (why: ConnectingReason): void => {
    reason = why;
    if (isWanted && !attempt && !waiting) {
      const isTurnedAway = why === 'refused' && openedAt > 0;
      const ms = isTurnedAway ? refusedDelay(++refusals, random) : backoff(failures++, random);
      waiting = { until: clock.now() + ms, stop: clock.after(ms, dial) };
    }
    show();
  };

  const stopTimers = (): void => {
    for (const cancel of timers) cancel();
  };

  /** The server no longer takes a link's token. */
  const expired = (link: Link): void => {
    if (link !== links[0] || waiting || attempt) return;
    tokens.need('expired');
    if (clock.now() - openedAt > STABLE_MS) dial();
    else schedule('expired');
  };

  const stop = (error?: ChatError): void => {
    isWanted = false;
    stopWaiting();
    attempt?.stop();
    for (const link of links) link.close();
    events.state(
      error
        ? { name: 'disconnected', reason: 'unauthorized', error }
        : { name: 'disconnected', reason: 'closed' },
    );
  };

  return {
    start() {
      isWanted = true;
      reason = undefined;
      dial();
    },
    stop,
    links: () => links,
    wake() {
      if (links[0]) return pulse?.probe();
      if (attempt && clock.now() - attempt.since > STUCK_MS) attempt.stop();
      dial();
    },
  };
}
