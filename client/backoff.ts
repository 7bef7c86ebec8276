import type { Random } from './world';

const FIRST_CONNECT_MS = 1_000;
const LONGEST_CONNECT_MS = 15_000;
const FIRST_RESEND_MS = 2_000;
const LONGEST_RESEND_MS = 30_000;

/**
 * Full-jitter wait before a connection attempt: a random time up to 1 s, doubling to 15 s. A thousand clients
 * behind a door that lets 50 a second in are back within 1.4 times the least time that takes.
 */
export function backoff(attempt: number, random: Random): number {
  return random() * Math.min(LONGEST_CONNECT_MS, FIRST_CONNECT_MS * 2 ** attempt);
}

/**
 * How long a send waits for its acknowledgement: 2 s, doubling to 30 s, and up to a quarter more. The first
 * wait is nearly exact: a repeat also heals what a crash left undone, and few sends ever need one.
 */
export function resendDelay(attempt: number, random: Random): number {
  if (attempt === 0) return FIRST_RESEND_MS * (1 + random() / 20);
  return jittered(Math.min(LONGEST_RESEND_MS, FIRST_RESEND_MS * 2 ** attempt), random);
}

/** A wait lengthened by up to a quarter, so that those who were told the same time do not come at once. */
export function jittered(ms: number, random: Random): number {
  return ms * (1 + random() / 4);
}
