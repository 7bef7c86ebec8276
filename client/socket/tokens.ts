import { ChatError } from '../errors';
import { when } from '../maybe';
import { readToken, type Token } from '../token';
import type { TokenRequest } from '../types';
import type { Cancel, Clock, MaybePromise } from '../world';

/** The token callback may take this long, in milliseconds. */
const ANSWERS_WITHIN_MS = 30_000;
/** A token older than this part of its life is not used for another handshake. */
const FRESH_UNTIL = 0.75;

export interface TokensOptions {
  clock: Clock;
  token(request: TokenRequest): MaybePromise<string>;
}

/** Holds the token, and asks the app for another when it is needed. */
export interface Tokens {
  /** The next handshake needs another token. */
  need(why: TokenRequest['why']): void;
  /** Gives a token that is good for a handshake; asks for one if need be. One question at a time. */
  get(then: (token: Token) => void, fail: (error: unknown) => void): void;
  askingSince(): number | undefined;
  /** Forgets the question that is open. */
  cancel(): void;
  /** How long the token in use is good for, in milliseconds. */
  leftMs(): number;
}

export function createTokens({ clock, token: ask }: TokensOptions, learned: (token: Token) => void): Tokens {
  let token: (Token & { from: number; until: number }) | undefined;
  let why: TokenRequest['why'] | undefined = 'first';
  let asking: { cancel: Cancel; since: number } | undefined;

  const cancel = (): void => {
    asking?.cancel();
    asking = undefined;
  };

  const learn = (text: string): Token => {
    const now = clock.now();
    const read = readToken(text, now);
    token = { ...read, from: now, until: now + (read.livesMs ?? Number.POSITIVE_INFINITY) };
    why = undefined;
    learned(read);
    return read;
  };

  const isFresh = ({ from, until }: { from: number; until: number }): boolean =>
    until === Number.POSITIVE_INFINITY || clock.now() < from + (until - from) * FRESH_UNTIL;

  return {
    need(because) {
      why = because;
    },

    get(then, fail) {
      if (token && !why && isFresh(token)) return then(token);
      const failed = (error: unknown): void => {
        if (asking !== own) return;
        cancel();
        fail(error);
      };
      const late = () => failed(new ChatError('timeout', 'The token callback did not answer in 30 seconds.'));
      const own = { cancel: clock.after(ANSWERS_WITHIN_MS, late), since: clock.now() };
      asking = own;
      when(
        () => ask({ why: why ?? 'expiring', previous: token?.text }),
        (text) => {
          if (asking !== own) return;
          if (typeof text !== 'string' || text === '')
            return failed(new ChatError('unauthorized', 'The token callback gave no token.'));
          cancel();
          then(learn(text));
        },
        failed,
      );
    },

    askingSince: () => asking?.since,
    cancel,
    leftMs: () => (token ? token.until - clock.now() : 0),
  };
}
