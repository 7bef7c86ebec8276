import type { Random } from '../common/platform';
import type { ConnectingReason } from '../common/types';

const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15_000;
const MAX_REFUSED_DELAY_MS = 20_000;
const SECOND_REFUSED_DELAY_MS = 10_000;
const BANNED_DELAY_MS = 60_000;
const MIN_RESEND_DELAY_MS = 2_000;
const MAX_RESEND_DELAY_MS = 30_000;

/** Full-jitter wait before a retry of a request or a connection: a random time up to 1 s, doubling to 15 s. */
export function backoff(attempt: number, random: Random): number {
  return random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
}

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

/**
 * How long a send waits for its acknowledgement: 2 s, doubling to 30 s, and up to a quarter more. The first wait is
 * nearly exact, because the repeat also heals what a crashed function left undone.
 */
export function resendDelay(attempt: number, random: Random): number {
  if (attempt === 0) return MIN_RESEND_DELAY_MS * (1 + random() / 20);
  return jittered(Math.min(MAX_RESEND_DELAY_MS, MIN_RESEND_DELAY_MS * 2 ** attempt), random);
}

/** Lengthens a wait by up to a quarter, so that clients with the same wait do not return at once. */
export function jittered(ms: number, random: Random): number {
  return ms * (1 + random() / 4);
}
