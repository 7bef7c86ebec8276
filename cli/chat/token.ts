import { type Guest, signInGuest } from '../../client/guests';
import { ChatError, type TokenRequest } from '../../client/index';
import type { ChatOptions } from './chatOptions';

export type TokenSource = (request: TokenRequest) => Promise<string>;

/** Gives the token of the environment, or signs a guest in, for the first time before this resolves. */
export async function createTokenSource(
  options: Pick<ChatOptions, 'url' | 'name' | 'token'>,
): Promise<TokenSource> {
  const { url, name, token } = options;
  if (token !== undefined)
    return async ({ reason }) => {
      if (reason === 'first') return token;
      // The handshake also fails when the server is away: then this request fails too, and the client tries again.
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

/** Gives the socket's address of a stack. */
export function socketUrl(url: URL): string {
  const socket = new URL('/ws', url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket.href;
}
