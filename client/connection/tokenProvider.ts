import { MAX_TOKEN_CHARACTERS } from '../../lib/protocol';
import type { TokenRequest } from '../common/chatTypes';
import { TOKEN_FRESH_FRACTION, TOKEN_TIMEOUT_MS } from '../common/constants';
import { ChatError } from '../common/errors';
import type { Cancel, Clock } from '../common/platform';
import { readToken, type Token } from './jwt';

/** What a token provider is given. */
export interface TokenProviderOptions {
  clock: Clock;
  token(request: TokenRequest): string | Promise<string>;
}

/** Holds the token, and asks the app for another one when it is needed. */
export interface TokenProvider {
  /** The next handshake needs another token. */
  invalidate(reason: TokenRequest['reason']): void;
  /** Gives a token for a handshake, from the app if necessary. Calls back once, or never after a cancel. */
  get(then: (token: string) => void, fail: (error: unknown) => void): Cancel | undefined;
  /** How long the token in use is good for, in milliseconds. */
  remainingMs(): number;
}

/** Creates a provider. It has no token until the first handshake asks for one. */
export function createTokenProvider(
  { clock, token: request }: TokenProviderOptions,
  onToken: (token: Token) => void,
): TokenProvider {
  let token: Token | undefined;
  let readAt = 0;
  let reason: TokenRequest['reason'] | undefined = 'first';

  const accept = (text: string): void => {
    // The app may return a token of an earlier run first. A different token after a refusal counts as new.
    const issuedNow = text !== (token?.text ?? text);
    readAt = clock.now();
    token = readToken(text, readAt, issuedNow);
    reason = undefined;
    onToken(token);
  };

  return {
    invalidate(next) {
      reason = next;
    },

    get(then, fail) {
      if (token && !reason && clock.now() < readAt + token.lifetimeMs * TOKEN_FRESH_FRACTION) {
        then(token.text);
        return undefined;
      }
      let isOver = false;
      const cancel = (): void => {
        isOver = true;
        stopTimeout();
      };
      const finish = (error: unknown, text?: string): void => {
        if (isOver) return;
        cancel();
        if (text === undefined || error) fail(error);
        else {
          accept(text);
          then(text);
        }
      };
      const stopTimeout = clock.after(TOKEN_TIMEOUT_MS, () =>
        finish(new ChatError('timeout', 'No token came.')),
      );
      const asked: TokenRequest = { reason: reason ?? 'expiring', previous: token?.text };
      new Promise<string>((resolve) => resolve(request(asked))).then(
        (text) => finish(problemWith(text), text),
        (error) => finish(error),
      );
      return cancel;
    },

    remainingMs: () => (token ? readAt + token.lifetimeMs - clock.now() : 0),
  };
}

function problemWith(text: unknown): ChatError | undefined {
  const isText = typeof text === 'string' && text !== '';
  if (isText && text.length <= MAX_TOKEN_CHARACTERS) return undefined;
  const message = `A token must have 1 to ${MAX_TOKEN_CHARACTERS} characters.`;
  return new ChatError('unauthorized', message, { final: isText });
}
