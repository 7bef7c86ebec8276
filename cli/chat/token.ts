import { type Guest, signInGuest } from '../../client/guests';
import { ChatError, type TokenRequest } from '../../client/index';
import type { Options } from './options';

export type GiveToken = (request: TokenRequest) => Promise<string>;

/** Gives tokens: the one from the environment, else a guest's, who has to be let in once before this returns. */
export async function tokens(options: Pick<Options, 'url' | 'name' | 'token'>): Promise<GiveToken> {
  const { url, name, token } = options;
  if (token !== undefined)
    return async ({ reason }) => {
      if (reason === 'first') return token;
      // A refused handshake may mean a server that is away as well: then this says so, and is asked again.
      await fetch(url, { method: 'HEAD' });
      throw new ChatError('unauthorized', 'The server refuses the token in EDGE_CHAT_TOKEN.', {
        final: true,
      });
    };

  const signIn = (previous?: string) => signInGuest(new URL('/api/token', url).href, name, previous);
  let fresh: Guest | undefined = await signIn();
  return async ({ previous }) => {
    const guest = fresh ?? (await signIn(previous));
    fresh = undefined;
    return guest.token;
  };
}

/** The socket of a stack. */
export function socketUrl(url: URL): string {
  const socket = new URL('/ws', url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket.href;
}
