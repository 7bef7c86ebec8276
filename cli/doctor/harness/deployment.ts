import { randomBytes } from 'node:crypto';
import { signInGuest } from '../../../client/guests';
import { CheckFailure } from './checkFailure';
import {
  type Answer,
  type HandshakeAnswer,
  type HandshakeOptions,
  type RequestOptions,
  sendHandshake,
  sendRequest,
} from './request';
import { openTestClient, type TestClient } from './testClient';

/** What is checked, and how. */
export interface Target {
  /** The WebSocket, such as `wss://d111111abcdef8.cloudfront.net/ws`. */
  socketUrl: URL;
  /** The origin that a page sends; the deployment's own by default. */
  origin: string;
  /** The APIs' own addresses, which bypass CloudFront. */
  apis: readonly URL[];
  /** A token of the identity provider; guests sign in by themselves. */
  token: string | undefined;
  /** An existing room to test in, where the user may not write in new rooms. */
  room: string | undefined;
  /** How many sends are timed. */
  samples: number;
  /** How long the connection of the ping stays quiet first, in milliseconds. */
  idleMs: number;
  /** How long one answer may take, in milliseconds. */
  patienceMs: number;
}

export type TestUser = 'Ann' | 'Bo';

/** A deployment, as checks use it. */
export interface Deployment extends Target {
  /** The page. */
  readonly pageUrl: URL;
  readonly tokenUrl: URL;
  request(url: URL, options?: Partial<RequestOptions>): Promise<Answer>;
  /** Sends the handshake of a correct client, apart from what is given. */
  handshake(options?: Partial<HandshakeOptions>, url?: URL): Promise<HandshakeAnswer>;
  /** Gives the user's token: the given one for every user, or a guest's. */
  tokenOf(user: TestUser): Promise<string>;
  connect(user: TestUser): Promise<TestClient>;
  /** Gives the name of a room that has never been used. */
  newRoom(): string;
  /** Gives the room to test in: the given one, or a new one. */
  testRoom(): string;
  /** Closes every connection. */
  release(): void;
}

export function createDeployment(target: Target): Deployment {
  const { socketUrl, origin, patienceMs } = target;
  const pageUrl = new URL('/', socketUrl.href.replace(/^ws/, 'http'));
  const tokenUrl = new URL('/api/token', pageUrl);
  const guests = new Map<TestUser, Promise<string>>();
  const clients = new Set<TestClient>();

  const signIn = async (user: TestUser): Promise<string> => {
    const guest = await signInGuest(tokenUrl.href, `Doctor ${user}`, undefined, (url, init) =>
      fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }),
    ).catch((error: unknown) => {
      throw new CheckFailure(
        `${tokenUrl.pathname} gave no token. ${error instanceof Error ? error.message : error}`,
      );
    });
    return guest.token;
  };
  const tokenOf = async (user: TestUser): Promise<string> => {
    if (target.token !== undefined) return target.token;
    const guest = guests.get(user) ?? signIn(user);
    guests.set(user, guest);
    return guest;
  };

  const newRoom = () => `doctor-${randomBytes(10).toString('hex')}`;

  return {
    ...target,
    pageUrl,
    tokenUrl,
    tokenOf,
    request: (url, options) => sendRequest(url, { patienceMs, ...options }),
    handshake: (options, url = socketUrl) => sendHandshake(url, { origin, patienceMs, ...options }),
    async connect(user) {
      const client = await openTestClient(socketUrl, { token: await tokenOf(user), origin, patienceMs });
      clients.add(client);
      return client;
    },
    newRoom,
    testRoom: () => target.room ?? newRoom(),
    release() {
      for (const client of clients) client.cut();
      clients.clear();
    },
  };
}
