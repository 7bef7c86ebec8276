import { ChatError } from '../errors';
import type { Token } from '../token';
import type { ChatState, ConnectingReason, TokenRequest } from '../types';
import type { Cancel, OpenSocket, Random } from '../world';
import { type Ending, type Link, type LinkEvents, openLink } from './link';
import { createTokens, type TokensOptions } from './tokens';
import { createWaits } from './waits';

/** API Gateway ends every connection after this, in milliseconds. */
const LONGEST_CONNECTION_MS = 7_200_000;
/** A connection is replaced after 75 to 95 % of its life, at random: clients that began together drift apart. */
const ROLLOVER = { from: 0.75, width: 0.2, soonestMs: 5_000 };
/** Only a connection that has held this long, in milliseconds, lets the waits begin small again. */
const STABLE_MS = 60_000;
/** A replaced socket is used beside the new one for this long, in milliseconds: rooms move, last answers come. */
const OVERLAP_MS = 5_000;
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
  /** A link has opened, or ended. */
  changed(): void;
}

/** Sees to it that there is an open link, and that it is replaced in time: make before break. */
export interface Connector {
  start(): void;
  stop(): void;
  /** Every open link, the newest first: one, or two while one replaces the other. */
  links(): readonly Link[];
  /** The server no longer takes a link's token. */
  expired(link: Link): void;
  /** Somebody says that it is worth trying: the waiting ends. */
  wake(): void;
}

export function createConnector(options: ConnectorOptions, events: ConnectorEvents): Connector {
  const { clock, random } = options;
  const tokens = createTokens(options, events.token);
  let isWanted = false;
  let links: readonly Link[] = [];
  let opening: { link: Link; since: number } | undefined;
  /** When the newest link opened; 0 before the first. */
  let openedAt = 0;
  let timers: Cancel[] = [];
  let reason: ConnectingReason | undefined;

  const waits = createWaits(options, () => dial());
  const isBusy = (): boolean => opening !== undefined || tokens.askingSince() !== undefined;

  const show = (): void => {
    if (!isWanted) return;
    const retryAt = waits.until();
    if (links[0]) events.state({ name: 'connected' });
    else events.state({ name: 'connecting', ...(reason && { reason }), ...(retryAt && { retryAt }) });
  };

  const dial = (): void => {
    waits.stop();
    if (!isWanted || isBusy()) return;
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
    opening = { link, since: clock.now() };
  };

  const opened = (link: Link): void => {
    const old = links[0];
    opening = undefined;
    reason = undefined;
    waits.admitted();
    links = [link, ...links];
    openedAt = clock.now();
    stopTimers();
    const lasts =
      Math.min(LONGEST_CONNECTION_MS, tokens.leftMs()) * (ROLLOVER.from + ROLLOVER.width * random());
    timers = [
      clock.after(Math.max(ROLLOVER.soonestMs, lasts), () => replace('expiring')),
      clock.after(STABLE_MS, waits.held),
    ];
    if (old) clock.after(OVERLAP_MS, old.close);
    show();
    events.changed();
  };

  const replace = (why: TokenRequest['why']): void => {
    if (isBusy()) return;
    tokens.need(why);
    dial();
  };

  const closed = (link: Link, ending: Ending): void => {
    const isNewest = link === links[0];
    const isFirst = link === opening?.link;
    links = links.filter((other) => other !== link);
    if (isNewest) stopTimers();
    if (isFirst) opening = undefined;
    if (ending === 'refused') tokens.need(ending);
    if (!isFirst) events.changed();
    if (isNewest || isFirst) schedule(ending === 'dropped' ? 'closed' : ending);
  };

  const schedule = (why: ConnectingReason): void => {
    reason = why;
    if (isWanted && !isBusy()) waits.begin(why, openedAt > 0);
    show();
  };

  const stopTimers = (): void => {
    for (const cancel of timers) cancel();
  };

  const stop = (): void => {
    isWanted = false;
    tokens.cancel();
    waits.stop();
    for (const link of links) link.close();
    opening?.link.close();
  };

  const giveUp = (error: ChatError): void => {
    stop();
    events.state({ name: 'disconnected', reason: 'unauthorized', error });
  };

  return {
    start() {
      isWanted = true;
      reason = undefined;
      dial();
    },
    stop,
    links: () => links,
    expired(link) {
      if (link !== links[0] || waits.until() || isBusy()) return;
      if (clock.now() - openedAt > STABLE_MS) return replace('expired');
      tokens.need('expired');
      schedule('expired');
    },
    wake() {
      if (links[0]) return;
      const stuckSince = clock.now() - STUCK_MS;
      if ((tokens.askingSince() ?? stuckSince) < stuckSince) tokens.cancel();
      if (opening && opening.since < stuckSince) opening.link.close('refused');
      dial();
    },
  };
}
