import { backoff } from '../backoff';
import { ChatError } from '../errors';
import type { Token } from '../token';
import type { ChatState, ConnectingReason, TokenRequest } from '../types';
import type { Cancel, OpenSocket, Random } from '../world';
import { type Ending, type Link, type LinkEvents, openLink } from './link';
import { createTokens, type TokensOptions } from './tokens';

/** API Gateway ends every connection after this, in milliseconds. */
const LONGEST_CONNECTION_MS = 7_200_000;
/** A connection is replaced after 75 to 95 % of its life, at random: clients that began together drift apart. */
const ROLLOVER = { from: 0.75, width: 0.2, soonestMs: 5_000 };
/** Only a connection that has held this long, in milliseconds, lets the waits begin small again. */
const STABLE_MS = 60_000;
/** How long a new socket may take to enter every room before it is used as it is, in milliseconds. */
const READY_WITHIN_MS = 10_000;
/** How long a replaced socket may take to bring its last answers, in milliseconds. */
const DRAIN_MS = 2_000;
/** An attempt older than this, in milliseconds, is begun anew when the device comes online. */
const STUCK_MS = 1_000;

export interface ConnectorOptions extends TokensOptions {
  random: Random;
  open: OpenSocket;
  url: string;
}

export interface ConnectorEvents extends Pick<LinkEvents, 'failed' | 'pushed'> {
  state(state: ChatState): void;
  token(token: Token): void;
  /** A link beside the current one has opened: enter the rooms on it, then call `ready`. */
  opened(link: Link): void;
  /** A link became the one to use. */
  promoted(link: Link): void;
  /** The link that was the one to use is so no more. */
  demoted(): void;
}

/** Sees to it that there is an open link, and that it is replaced in time: make before break. */
export interface Connector {
  start(): void;
  stop(): void;
  current(): Link | undefined;
  /** Every link that frames may be sent on: the current one, and the one that will replace it. */
  links(): Link[];
  /** A new link has entered every room. */
  ready(link: Link): void;
  /** The server no longer takes a link's token. */
  expired(link: Link): void;
  /** The device says that it is worth trying: the waiting ends. */
  wake(): void;
}

export function createConnector(options: ConnectorOptions, events: ConnectorEvents): Connector {
  const { clock, random } = options;
  const tokens = createTokens(options, events.token);
  const links = new Set<Link>();
  const timers = new Set<Cancel>();
  let isWanted = false;
  let attempt = 0;
  let current: Link | undefined;
  let next: { link: Link; since: number } | undefined;
  let retry: { cancel: Cancel; at: number } | undefined;
  let reason: ConnectingReason | undefined;

  const isBusy = (): boolean => next !== undefined || tokens.askingSince() !== undefined;

  const show = (): void => {
    if (!isWanted) return;
    if (current) events.state({ name: 'connected' });
    else events.state({ name: 'connecting', ...(reason && { reason }), ...(retry && { retryAt: retry.at }) });
  };

  const dial = (): void => {
    if (!isWanted || isBusy()) return;
    stopWaiting();
    tokens.get(connect, (error) => {
      events.failed(error);
      if (error instanceof ChatError && error.final) giveUp(error);
      else schedule('noToken');
    });
    show();
  };

  const connect = ({ text }: Token): void => {
    const link = openLink(options, options.url, text, {
      opened: () => opened(link),
      closed: (ending) => closed(link, ending),
      pushed: events.pushed,
      failed: events.failed,
    });
    links.add(link);
    next = { link, since: clock.now() };
  };

  const opened = (link: Link): void => {
    if (current) {
      timers.add(clock.after(READY_WITHIN_MS, () => promote(link)));
      events.opened(link);
    } else promote(link);
  };

  const promote = (link: Link): void => {
    if (next?.link !== link || !link.isOpen()) return;
    const old = current;
    next = undefined;
    reason = undefined;
    stopTimers();
    current = link;
    if (old) events.demoted();
    const lasts =
      Math.min(LONGEST_CONNECTION_MS, tokens.leftMs()) * (ROLLOVER.from + ROLLOVER.width * random());
    timers.add(clock.after(Math.max(ROLLOVER.soonestMs, lasts), () => replace('expiring')));
    timers.add(clock.after(STABLE_MS, forgetFailures));
    show();
    events.promoted(link);
    old?.drain(DRAIN_MS);
  };

  const forgetFailures = (): void => {
    attempt = 0;
  };

  const replace = (why: TokenRequest['why']): void => {
    if (isBusy()) return;
    tokens.need(why);
    dial();
  };

  const closed = (link: Link, ending: Ending): void => {
    links.delete(link);
    if (next?.link === link) {
      next = undefined;
      if (ending === 'refused') tokens.need('refused');
      schedule(ending);
    } else if (current === link) {
      current = undefined;
      stopTimers();
      events.demoted();
      if (next?.link.isOpen()) promote(next.link);
      else schedule(ending);
    }
  };

  const schedule = (ended: Ending | ConnectingReason): void => {
    reason = ended === 'dropped' ? 'closed' : ended;
    if (isWanted && !retry && !isBusy()) {
      const wait = backoff(attempt++, random);
      retry = { cancel: clock.after(wait, dialAgain), at: clock.now() + wait };
    }
    show();
  };

  const stopTimers = (): void => {
    for (const cancel of timers) cancel();
    timers.clear();
  };

  const dialAgain = (): void => {
    retry = undefined;
    dial();
  };

  const stopWaiting = (): void => {
    retry?.cancel();
    retry = undefined;
  };

  const stop = (): void => {
    isWanted = false;
    tokens.cancel();
    stopWaiting();
    stopTimers();
    for (const link of [...links]) link.close();
  };

  const giveUp = (error: ChatError): void => {
    stop();
    events.state({ name: 'disconnected', reason: 'unauthorized', error });
  };

  return {
    start() {
      if (isWanted) return;
      isWanted = true;
      reason = undefined;
      dial();
    },
    stop,
    current: () => current,
    links: () => [current, next?.link].filter((link) => link !== undefined).filter((link) => link.isOpen()),
    ready: promote,
    expired(link) {
      if (link !== current || retry || isBusy()) return;
      if (clock.now() - link.openedAt > STABLE_MS) return replace('expired');
      tokens.need('expired');
      schedule('expired');
    },
    wake() {
      if (current) return;
      const stuckSince = clock.now() - STUCK_MS;
      if ((tokens.askingSince() ?? stuckSince) < stuckSince) tokens.cancel();
      if (next && next.since < stuckSince && !next.link.isOpen()) next.link.close('refused');
      dial();
    },
  };
}
