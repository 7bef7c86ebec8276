import { ChatError, type TokenRequest } from '../client';
import { type Guest, readGuest, signInGuest, signOutGuest } from '../client/guests';
import type { User } from '../lib/protocol';
import type { Memory } from './browserStorage';

/** How the page's user is signed in: as a guest, or by the identity provider. */
export interface Session {
  /** The user that this browser stored. */
  remembered(): { readonly user: User } | undefined;
  /** Returns the stored token, or a new one if it ends soon. */
  token(request: TokenRequest): Promise<string>;
  /** Removes the user and everything that was stored for them. */
  signOut(): void | Promise<void>;
  /** Calls back when another tab has signed in, renamed the user, or signed out. Returns what stops it. */
  watch(changed: () => void): () => void;
}

/** Signs guests in and remembers them. */
export interface SignIn extends Session {
  remembered(): Guest | undefined;
  /** Signs in under a name, as the stored user if there is one. */
  join(name: string): Promise<Guest>;
  token(request: Pick<TokenRequest, 'reason'>): Promise<string>;
  /** Removes the guest and everything that was stored for them, and ends the guest's tokens on the server. */
  signOut(): Promise<void>;
}

const ENDPOINT = '/api/token';
const KEY = 'guest';
/** A token that ends sooner than this is renewed at once. */
const ENOUGH_MS = 2 * 60_000;

export function createSignIn(memory: Memory, ask: typeof fetch = fetch, now = Date.now): SignIn {
  const remembered = () => readGuest(memory.read(KEY));

  const renew = async (name: string): Promise<Guest> => {
    const before = remembered();
    const guest = await signInGuest(ENDPOINT, name, before?.token, ask);
    // Another tab may have signed out meanwhile: the answer must not sign in again.
    if (before && !remembered()) throw signedOut();
    memory.write(KEY, guest);
    return guest;
  };

  return {
    remembered,
    async join(name) {
      try {
        return await renew(name);
      } catch (error) {
        if (!isFinal(error) || !remembered()) throw error;
        // The server takes this guest no more: the user asks for another one.
        memory.clear();
        return renew(name);
      }
    },
    async token({ reason }) {
      const guest = remembered();
      if (!guest) throw signedOut();
      if (reason === 'first' && guest.expiresAt - now() > ENOUGH_MS) return guest.token;
      return (await renew(guest.user.name)).token;
    },
    async signOut() {
      const guest = remembered();
      memory.clear();
      if (guest) await signOutGuest(ENDPOINT, guest.token, ask);
    },
    watch: (changed) => memory.watch(KEY, changed),
  };
}

function isFinal(error: unknown): boolean {
  return error instanceof ChatError && error.final;
}

function signedOut(): ChatError {
  return new ChatError('unauthorized', 'You have signed out. Join again.', { final: true });
}
