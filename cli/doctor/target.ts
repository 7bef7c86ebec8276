import { randomBytes } from 'node:crypto';
import { signInGuest } from '../../client/guests';
import { type Answer, type Ask, ask, type Handshake, type Offer, shakeHands } from './request';
import { openTalker, type Talker } from './testClient';
import { Failed } from './types';

/** What is looked at, and how. */
export interface Target {
  /** The WebSocket, such as `wss://d111111abcdef8.cloudfront.net/ws`. */
  socketUrl: URL;
  /** The origin a page would send; the deployment's own one. */
  origin: string;
  /** The APIs' own addresses, past the edge. */
  apis: readonly URL[];
  /** A token of the identity provider; guests sign in by themselves. */
  token: string | undefined;
  /** How many sends are timed. */
  samples: number;
  /** How long the connection of the ping is left quiet, in milliseconds. */
  idleMs: number;
  /** How long one answer may take, in milliseconds. */
  patienceMs: number;
}

export type Person = 'Ann' | 'Bo';

/** A deployment, as checks reach it. */
export interface Site extends Target {
  /** The page. */
  readonly pageUrl: URL;
  readonly tokenUrl: URL;
  ask(url: URL, options?: Partial<Ask>): Promise<Answer>;
  /** Asks for the upgrade with what a good client would send, but for what is given. */
  shake(offer?: Partial<Offer>, url?: URL): Promise<Handshake>;
  /** The person's token: the given one, which is everybody's, or a guest's. */
  tokenOf(person: Person): Promise<string>;
  connect(person: Person): Promise<Talker>;
  /** A room nobody else is in. */
  newRoom(): string;
  /** Closes every connection. */
  release(): void;
}

export function createSite(target: Target): Site {
  const { socketUrl, origin, patienceMs } = target;
  const pageUrl = new URL('/', socketUrl.href.replace(/^ws/, 'http'));
  const tokenUrl = new URL('/api/token', pageUrl);
  const guests = new Map<Person, Promise<string>>();
  const talkers = new Set<Talker>();

  const signIn = async (person: Person): Promise<string> => {
    const guest = await signInGuest(tokenUrl.href, `Doctor ${person}`, undefined, (url, init) =>
      fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }),
    ).catch((error: unknown) => {
      throw new Failed(
        `${tokenUrl.pathname} gave no token. ${error instanceof Error ? error.message : error}`,
      );
    });
    return guest.token;
  };
  const tokenOf = async (person: Person): Promise<string> => {
    if (target.token !== undefined) return target.token;
    const guest = guests.get(person) ?? signIn(person);
    guests.set(person, guest);
    return guest;
  };

  return {
    ...target,
    pageUrl,
    tokenUrl,
    tokenOf,
    ask: (url, options) => ask(url, { patienceMs, ...options }),
    shake: (offer, url = socketUrl) => shakeHands(url, { origin, patienceMs, ...offer }),
    async connect(person) {
      const talker = await openTalker(socketUrl, { token: await tokenOf(person), origin, patienceMs });
      talkers.add(talker);
      return talker;
    },
    newRoom: () => `doctor-${randomBytes(10).toString('hex')}`,
    release() {
      for (const talker of talkers) talker.cut();
      talkers.clear();
    },
  };
}
