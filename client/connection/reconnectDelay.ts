import type { ConnectingReason } from '../common/chatTypes';
import { BANNED_DELAY_MS, MAX_REFUSED_DELAY_MS, SECOND_REFUSED_DELAY_MS } from '../common/constants';
import type { Random } from '../common/platform';
import { backoff, jittered } from './backoff';

/** Chooses how long to wait before the next handshake. */
export interface ReconnectDelay {
  /** Gives the wait after another connection or handshake has failed, in milliseconds. */
  next(why: ConnectingReason): number;
  /** A handshake succeeded. */
  onOpen(): void;
  /** A connection has lasted: the next waits are short again. */
  onStable(): void;
}

/**
 * Creates the delay. A client that was connected before waits up to 20 s after a refusal, then 10 s, then 20 s:
 * API Gateway admits 500 connections a second, so a crowd of 10,000 needs 20 s. A banned client waits about a minute:
 * an operator may end the ban early. Every other wait is `backoff`.
 */
export function createReconnectDelay(random: Random): ReconnectDelay {
  let failures = 0;
  let refusals = 0;
  let wasConnected = false;

  const refusedDelay = (): number =>
    random() * (++refusals === 2 ? SECOND_REFUSED_DELAY_MS : MAX_REFUSED_DELAY_MS);

  return {
    next(why) {
      if (why === 'banned') return jittered(BANNED_DELAY_MS, random);
      const isRefused = why === 'tooManyConnections' || (why === 'refused' && wasConnected);
      return isRefused ? refusedDelay() : backoff(failures++, random);
    },
    onOpen() {
      wasConnected = true;
      refusals = 0;
    },
    onStable() {
      failures = 0;
    },
  };
}
