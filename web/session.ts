import { ChatError, type TokenRequest } from '../client';
import { type Guest, readGuest, signInGuest } from '../client/guests';
import type { Memory } from './memory';

/** Signs guests in and remembers them. */
export interface SignIn {
  /** The guest this browser remembers. */
  remembered(): Guest | undefined;
  /** Joins under a name, as the same user as before where the browser remembers one. */
  join(name: string): Promise<Guest>;
  /** Gives the client a token, a new one unless the one at hand will do. */
  token(request: Pick<TokenRequest, 'reason'>): Promise<string>;
  /** Forgets the guest, and all that was remembered for them. */
  signOut(): void;
}

const KEY = 'guest';
/** A token this close to its end is renewed at once. */
const ENOUGH_MS = 2 * 60_000;

export function createSignIn(memory: Memory, ask: typeof fetch = fetch, now = Date.now): SignIn {
  const remembered = () => readGuest(memory.read(KEY));

  const join = async (name: string): Promise<Guest> => {
    const guest = await signInGuest('/api/token', name, remembered()?.token, ask);
    memory.write(KEY, guest);
    return guest;
  };

  return {
    remembered,
    join,
    async token({ reason }) {
      const guest = remembered();
      if (!guest) throw new ChatError('unauthorized', 'You have signed out. Join again.', { final: true });
      if (reason === 'first' && guest.expiresAt - now() > ENOUGH_MS) return guest.token;
      return (await join(guest.user.name)).token;
    },
    signOut: () => memory.clear(),
  };
}
