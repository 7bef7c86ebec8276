import { backoff } from '../backoff';
import { ChatError } from '../errors';
import { when } from '../maybe';
import { readToken, type Token } from '../token';
import type { ChatState, ConnectingReason, TokenRequest } from '../types';
import type { Cancel, Clock, MaybePromise, OpenSocket, Random } from '../world';
import { type Ending, type Link, type LinkEvents, openLink } from './link';

/** API Gateway ends every connection after this, in milliseconds. */
const LONGEST_CONNECTION_MS = 7_200_000;
/** A connection is replaced after 75 to 95 % of its life, at random: clients that began together drift apart. */
const ROLLOVER = { from: 0.75, width: 0.2, soonestMs: 5_000 };
/** A token older than this part of its life is not used for another handshake. */
const FRESH_UNTIL = 0.75;
/** Only a connection that has held this long, in milliseconds, lets the waits begin small again. */
const STABLE_MS = 60_000;
/** The token callback may take this long, in milliseconds. */
const TOKEN_WITHIN_MS = 30_000;
/** How long a new socket may take to enter every room before it is used as it is, in milliseconds. */
const READY_WITHIN_MS = 10_000;
/** How long a replaced socket may take to bring its last answers, in milliseconds. */
const DRAIN_MS = 2_000;
/** An attempt older than this, in milliseconds, is begun anew when the device comes online. */
const STUCK_MS = 1_000;

export interface ConnectorOptions {
  clock: Clock;
  random: Random;
  open: OpenSocket;
  url: string;
  token(request: TokenRequest): MaybePromise<string>;
}

export interface ConnectorEvents extends Pick<LinkEvents, 'failed'> {
  state(state: ChatState): void;
  token(token: Token): void;
  /** A link beside the current one has opened: enter the rooms on it, then call `ready`. */
  opened(link: Link): void;
  /** A link became the one to use. */
  promoted(link: Link): void;
  demoted(): void;
  pushed: LinkEvents['pushed'];
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
  const links = new Set<Link>();
  let isWanted = false;
  let attempt = 0;
  let current: Link | undefined;
  let next: { link: Link; since: number } | undefined;
  let asking: { cancel: Cancel; since: number } | undefined;
  let retry: { cancel: Cancel; at: number } | undefined;
  let rollover: Cancel | undefined;
  let stable: Cancel | undefined;
  let overdue: Cancel | undefined;
  let token: (Token & { freshUntil: number; expiresAt: number }) | undefined;
  let why: TokenRequest['why'] | undefined = 'first';
  let reason: ConnectingReason | undefined;

  const show = (): void => {
    if (!isWanted) return;
    events.state(
      current
        ? { name: 'connected' }
        : { name: 'connecting', ...(reason && { reason }), ...(retry && { retryAt: retry.at }) },
    );
  };

  const dial = (): void => {
    if (!isWanted || next || asking) return;
    stopWaiting();
    const now = clock.now();
    if (token && !why && now >= token.freshUntil) why = 'expiring';
    if (token && !why) connect(token);
    else ask(why ?? 'first');
    show();
  };

  const ask = (because: TokenRequest['why']): void => {
    const fail = (error: unknown): void => {
      if (asking !== own) return;
      stopAsking();
      events.failed(error);
      if (error instanceof ChatError && error.final) giveUp(error);
      else schedule('noToken');
    };
    const late = () => fail(new ChatError('timeout', 'The token callback did not answer in 30 seconds.'));
    const own = { cancel: clock.after(TOKEN_WITHIN_MS, late), since: clock.now() };
    asking = own;
    when(
      () => options.token({ why: because, previous: token?.text }),
      (text) => {
        if (asking !== own) return;
        stopAsking();
        connect(learn(text));
      },
      fail,
    );
  };

  const stopAsking = (): void => {
    asking?.cancel();
    asking = undefined;
  };

  const learn = (text: string): Token => {
    const now = clock.now();
    const read = readToken(text, now);
    const livesMs = read.livesMs ?? Number.POSITIVE_INFINITY;
    token = { ...read, freshUntil: now + livesMs * FRESH_UNTIL, expiresAt: now + livesMs };
    why = undefined;
    events.token(read);
    return read;
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
      overdue = clock.after(READY_WITHIN_MS, () => promote(link));
      events.opened(link);
    } else promote(link);
  };

  const promote = (link: Link): void => {
    if (next?.link !== link || !link.isOpen()) return;
    const old = current;
    next = undefined;
    current = link;
    reason = undefined;
    stopTimers();
    if (old) events.demoted();
    const life = Math.min(LONGEST_CONNECTION_MS, (token?.expiresAt ?? 0) - clock.now());
    const lasts = life * (ROLLOVER.from + ROLLOVER.width * random());
    rollover = clock.after(Math.max(ROLLOVER.soonestMs, lasts), () => replace('expiring'));
    stable = clock.after(STABLE_MS, () => {
      attempt = 0;
    });
    show();
    events.promoted(link);
    old?.drain(DRAIN_MS);
  };

  const replace = (because: TokenRequest['why']): void => {
    why = because;
    dial();
  };

  const closed = (link: Link, ending: Ending): void => {
    links.delete(link);
    if (next?.link === link) {
      next = undefined;
      if (ending === 'refused') why ??= 'refused';
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
    if (isWanted && !retry && !asking && !next) {
      const wait = backoff(attempt++, random);
      retry = { cancel: clock.after(wait, dial), at: clock.now() + wait };
    }
    show();
  };

  const stopTimers = (): void => {
    rollover?.();
    stable?.();
    overdue?.();
  };

  const stopWaiting = (): void => {
    retry?.cancel();
    retry = undefined;
  };

  const stop = (): void => {
    isWanted = false;
    stopAsking();
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
      why ??= token ? undefined : 'first';
      dial();
    },
    stop,
    current: () => current,
    links: () => [current, next?.link].filter((link) => link !== undefined).filter((link) => link.isOpen()),
    ready: promote,
    expired(link) {
      if (link !== current || next || asking || retry) return;
      why = 'expired';
      reason = 'expired';
      if (clock.now() - link.openedAt < STABLE_MS) schedule('expired');
      else dial();
    },
    wake() {
      if (current) return;
      const stuckSince = clock.now() - STUCK_MS;
      if (asking && asking.since < stuckSince) stopAsking();
      if (next && next.since < stuckSince && !next.link.isOpen()) next.link.close('refused');
      dial();
    },
  };
}
