import { ChatError, type TokenRequest } from '../client';
import type { User } from '../lib/protocol';
import type { Memory } from './memory';

/** A guest who has joined: the name, and the token that says so. */
export interface Session {
  readonly user: User;
  readonly token: string;
  /** In milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Signs guests in at the token endpoint and remembers them. */
export interface SignIn {
  /** The guest this browser remembers. */
  remembered(): Session | undefined;
  /** Joins under a name, as the same user as before where the browser remembers one. */
  join(name: string): Promise<Session>;
  /** Gives the client a token, a new one unless the one at hand will do. */
  token(request: Pick<TokenRequest, 'why'>): Promise<string>;
  forget(): void;
}

const KEY = 'session';
/** A token this close to its end is renewed at once. */
const ENOUGH_MS = 2 * 60_000;

export function createSignIn(memory: Memory, ask: typeof fetch = fetch, now = Date.now): SignIn {
  const remembered = () => readSession(memory.read(KEY));

  const join = async (name: string): Promise<Session> => {
    const session = await requestToken(ask, name, remembered()?.token);
    memory.write(KEY, session);
    return session;
  };

  return {
    remembered,
    join,
    async token({ why }) {
      const session = remembered();
      if (!session) throw new ChatError('unauthorized', 'You have left. Join again.', { final: true });
      if (why === 'first' && session.expiresAt - now() > ENOUGH_MS) return session.token;
      return (await join(session.user.name)).token;
    },
    forget: () => memory.forget(KEY),
  };
}

/** Asks for a token. Throws a `ChatError`, marked `final` when asking again would not help. */
async function requestToken(ask: typeof fetch, name: string, token: string | undefined): Promise<Session> {
  const response = await ask('/api/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ...(token !== undefined && { token }) }),
  }).catch((cause: unknown) => {
    throw new ChatError('unavailable', 'The server cannot be reached. Check the connection and try again.', {
      cause,
    });
  });
  const body: unknown = await response.json().catch(() => undefined);
  const session = response.ok ? readSession(body) : undefined;
  if (session) return session;

  const isFinal = response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status);
  throw new ChatError(
    isFinal ? 'unauthorized' : 'unavailable',
    readReason(body) ??
      `The server could not sign you in (status ${response.status}). Try again in a moment.`,
    { final: isFinal },
  );
}

function readSession(value: unknown): Session | undefined {
  if (!isRecord(value) || !isRecord(value.user)) return undefined;
  const { token, expiresAt, user } = value;
  return typeof token === 'string' &&
    typeof expiresAt === 'number' &&
    typeof user.id === 'string' &&
    typeof user.name === 'string'
    ? { token, expiresAt, user: { id: user.id, name: user.name } }
    : undefined;
}

function readReason(body: unknown): string | undefined {
  return isRecord(body) && isRecord(body.error) && typeof body.error.message === 'string'
    ? body.error.message
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
