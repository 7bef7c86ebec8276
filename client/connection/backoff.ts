import type { Random } from '../common/platform';

const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15_000;
const MIN_RESEND_DELAY_MS = 2_000;
const MAX_RESEND_DELAY_MS = 30_000;

/** Full-jitter wait before a retry of a request or a connection: a random time up to 1 s, doubling to 15 s. */
export function backoff(attempt: number, random: Random): number {
  return random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
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
