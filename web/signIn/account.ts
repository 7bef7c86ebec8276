import { ChatError, type TokenRequest } from '../../client';
import { readToken } from '../../client/connection/jwt';
import type { User } from '../../lib/protocol';
import type { Memory } from '../browserStorage';
import type { Session } from '../session';
import { describeProblem, type SignInProblem } from './problems';
import type { Outcome, PendingSignIn, ProviderTokens } from './provider';
import type { ProviderSettings } from './settings';

type Provider = typeof import('./provider');

/** A user whom the identity provider has signed in, as this browser stores them. */
interface Account extends ProviderTokens {
  user: User;
  /** When the token came and when it ends, by this device's clock in milliseconds. */
  from: number;
  until: number;
}

/** Signs users in at the identity provider and renews their tokens. All tabs of a browser share the user. */
export interface AccountSession extends Session {
  /** Leaves the page for the provider. Resolves with the reason if that is not possible. */
  begin(): Promise<SignInProblem | undefined>;
  /**
   * Takes the answer of the provider out of the page's address. Resolves with the problem, if there is one.
   * `undefined` if the address has no answer.
   */
  arrive(): Promise<SignInProblem | undefined> | undefined;
}

/** What the page lends to the session. */
export interface AccountContext {
  settings: ProviderSettings;
  memory: Memory;
  /** Storage of this tab alone. */
  tab: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  location: Pick<Location, 'origin' | 'href' | 'hash' | 'search' | 'assign'>;
  history: Pick<History, 'replaceState'>;
  locks: Pick<LockManager, 'request'>;
  /** Removes the unsent messages of the user before. */
  eraseOutbox(): Promise<void>;
  loadProvider?: () => Promise<Provider>;
  now?: () => number;
}

const KEY = 'account';
const PENDING_KEY = 'edge-chat.sign-in';
/** A token that ends sooner than this is renewed at once, unless it lives less than twice as long. */
const ENOUGH_MS = 2 * 60_000;
/** A refresh token that rotates works once: only one tab may use it at a time. */
const LOCK = 'edge-chat sign-in';

export function createAccountSession(context: AccountContext): AccountSession {
  const { settings, memory, tab, location, history, locks, eraseOutbox, now = Date.now } = context;
  const loadProvider = context.loadProvider ?? (() => import('./provider'));
  const redirectUri = `${location.origin}/`;

  const remembered = () => readAccount(memory.read(KEY));

  /** Stores new tokens, or says why they are none. */
  const accept = (outcome: Outcome, before: Account | undefined): Account | SignInProblem => {
    if (outcome.kind === 'problem') return outcome.problem;
    const { tokens } = outcome;
    const { user, lifetimeMs } = readToken(tokens.token, now(), true);
    if (!user) return { kind: 'misconfigured', code: 'the token names no user' };
    if (before && before.user.id !== user.id) return { kind: 'ended' };
    const account = { ...tokens, user, from: now(), until: now() + lifetimeMs };
    memory.write(KEY, account);
    return account;
  };

  const renew = async (): Promise<Account> => {
    const before = remembered();
    if (!before) throw signedOut();
    if (before.refreshToken === undefined) throw failure({ kind: 'ended' });
    const { renew } = await loadProvider();
    const outcome = await renew(settings, before.refreshToken);
    // Another tab may have signed out meanwhile: the answer must not sign in again.
    if (!remembered()) throw signedOut();
    const account = accept(outcome, before);
    if ('kind' in account) throw failure(account);
    return account;
  };

  const isFresh = ({ from, until }: Account) =>
    now() >= from && until - now() > Math.min(ENOUGH_MS, (until - from) / 2);

  const begin = async (): Promise<SignInProblem | undefined> => {
    if (!globalThis.isSecureContext) return { kind: 'misconfigured', code: 'sign-in needs https' };
    try {
      const { begin } = await loadProvider();
      const { url, pending } = await begin(settings, redirectUri);
      tab.setItem(PENDING_KEY, JSON.stringify({ ...pending, hash: location.hash }));
      location.assign(url);
      return undefined;
    } catch {
      return { kind: 'unreachable' };
    }
  };

  const finish = async (answer: URL, pending: PendingSignIn): Promise<SignInProblem | undefined> => {
    const provider = await loadProvider().catch(() => undefined);
    if (!provider) return { kind: 'unreachable' };
    const outcome = await provider.finish(settings, redirectUri, pending, answer);
    // A code that the provider does not take is old, or was used before.
    if (outcome.kind === 'problem' && outcome.problem.kind === 'ended') return { kind: 'stale' };
    if (outcome.kind === 'problem') return outcome.problem;
    const before = remembered();
    const after = readToken(outcome.tokens.token, now(), true).user;
    if (before?.user.id !== after?.id) {
      memory.clear();
      await eraseOutbox();
    }
    const account = accept(outcome, undefined);
    return 'kind' in account ? account : undefined;
  };

  return {
    remembered,
    begin,

    arrive() {
      const answer = new URL(location.href);
      const state = answer.searchParams.get('state');
      if (state === null || !(answer.searchParams.has('code') || answer.searchParams.has('error')))
        return undefined;
      const pending = readPending(tab.getItem(PENDING_KEY));
      tab.removeItem(PENDING_KEY);
      // The code must not stay in the address and the history.
      history.replaceState(null, '', `/${pending?.hash ?? ''}`);
      return pending?.state === state ? finish(answer, pending) : Promise.resolve({ kind: 'stale' });
    },

    async token({ reason, previous }: TokenRequest) {
      const current = remembered();
      if (!current) throw signedOut();
      const isUsable = (account: Account) =>
        isFresh(account) && (reason === 'first' || account.token !== previous);
      if (isUsable(current)) return current.token;
      const account = await locks.request(LOCK, () => {
        const latest = remembered();
        return latest && isUsable(latest) ? latest : renew();
      });
      return account.token;
    },

    async signOut() {
      const account = remembered();
      memory.clear();
      await eraseOutbox();
      if (!account) return;
      const provider = await loadProvider().catch(() => undefined);
      const url = await provider?.end(settings, account.refreshToken, redirectUri);
      if (url !== undefined) location.assign(url);
    },

    watch: (changed) => memory.watch(KEY, changed),
  };
}

/** The chat tries again after `unreachable`; every other problem ends it. */
function failure(problem: SignInProblem): ChatError {
  const final = problem.kind !== 'unreachable';
  return new ChatError(final ? 'unauthorized' : 'unavailable', describeProblem(problem), { final });
}

function signedOut(): ChatError {
  return new ChatError('unauthorized', 'You have signed out. Sign in again.', { final: true });
}

function readAccount(value: unknown): Account | undefined {
  if (!isRecord(value) || !isRecord(value.user)) return undefined;
  const { token, refreshToken, from, until, user } = value;
  return typeof token === 'string' &&
    (refreshToken === undefined || typeof refreshToken === 'string') &&
    typeof from === 'number' &&
    typeof until === 'number' &&
    typeof user.id === 'string' &&
    typeof user.name === 'string'
    ? { token, refreshToken, from, until, user: { id: user.id, name: user.name } }
    : undefined;
}

function readPending(text: string | null): (PendingSignIn & { hash: string }) | undefined {
  const value: unknown = text === null ? undefined : JSON.parse(text);
  if (!isRecord(value)) return undefined;
  const { state, nonce, verifier, hash } = value;
  return typeof state === 'string' &&
    typeof nonce === 'string' &&
    typeof verifier === 'string' &&
    typeof hash === 'string'
    ? { state, nonce, verifier, hash }
    : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
