import { TOKEN_FRESH_FRACTION, TOKEN_TIMEOUT_MS } from '../constants';
import { ChatError } from '../errors';
import type { Cancel, Clock, MaybePromise } from '../platform/platform';
import type { TokenRequest } from '../types';
import { readToken, type Token } from './jwt';

export interface TokenProviderOptions {
  clock: Clock;
  token(request: TokenRequest): MaybePromise<string>;
}

/** Holds the token, and asks the app for another when it is needed. */
export interface TokenProvider {
  /** The next handshake needs another token. */
  invalidate(reason: TokenRequest['reason']): void;
  /** Gives a token that is good for a handshake; asks for one if need be. Nothing comes once it is cancelled. */
  get(then: (token: string) => void, fail: (error: unknown) => void): Cancel;
  /** How long the token in use is good for, in milliseconds. */
  remainingMs(): number;
}

export function createTokenProvider(
  { clock, token: ask }: TokenProviderOptions,
  learned: (token: Token) => void,
): TokenProvider {
  let token: Token | undefined;
  let readAt = 0;
  let reason: TokenRequest['reason'] | undefined = 'first';

  const learn = (text: string): void => {
    readAt = clock.now();
    token = readToken(text, readAt);
    reason = undefined;
    learned(token);
  };

  return {
    invalidate(because) {
      reason = because;
    },

    get(then, fail) {
      if (token && !reason && clock.now() < readAt + token.lifetimeMs * TOKEN_FRESH_FRACTION) {
        then(token.text);
        return () => {};
      }
      let isOver = false;
      const cancel = (): void => {
        isOver = true;
        stopWaiting();
      };
      const once =
        <T>(run: (value: T) => void) =>
        (value: T): void => {
          if (isOver) return;
          cancel();
          run(value);
        };
      const failed = once(fail);
      const stopWaiting = clock.after(TOKEN_TIMEOUT_MS, () =>
        failed(new ChatError('timeout', 'The token callback did not answer.')),
      );
      const take = once((text: string) => {
        if (typeof text !== 'string' || text === '')
          return fail(new ChatError('unauthorized', 'The token callback gave no token.'));
        learn(text);
        then(text);
      });
      try {
        const given = ask({ reason: reason ?? 'expiring', previous: token?.text });
        // At once when it is no promise: a simulation needs no turns of the event loop.
        if (typeof given === 'string') take(given);
        else Promise.resolve(given).then(take, failed);
      } catch (error) {
        failed(error);
      }
      return cancel;
    },

    remainingMs: () => (token ? readAt + token.lifetimeMs - clock.now() : 0),
  };
}
