import type { Random } from '../platform/platform';

const MIN_DELAY_MS = 1_000;
const MAX_DELAY_MS = 15_000;
const MAX_REFUSED_DELAY_MS = 20_000;
const SECOND_REFUSED_DELAY_MS = 10_000;
const MIN_RESEND_DELAY_MS = 2_000;
const MAX_RESEND_DELAY_MS = 30_000;

/** Full-jitter wait before something is tried again: a random time up to 1 s, doubling to 15 s. */
export function backoff(attempt: number, random: Random): number {
  return random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
}

/**
 * Full-jitter wait of one who was connected and has been refused so many times: up to 20 s, then 10 s, then 20 s.
 * A device tells when its network is back, so what refuses is mostly a door with a crowd before it: 20 s is how
 * long API Gateway, which admits 500 connections a second, takes to admit 10,000.
 */
export function refusedDelay(refusals: number, random: Random): number {
  return random() * (refusals === 2 ? SECOND_REFUSED_DELAY_MS : MAX_REFUSED_DELAY_MS);
}

/**
 * How long a send waits for its acknowledgement: 2 s, doubling to 30 s, and up to a quarter more. The first
 * wait is nearly exact: a repeat also heals what a crash left undone, and few sends ever need one.
 */
export function resendDelay(attempt: number, random: Random): number {
  if (attempt === 0) return MIN_RESEND_DELAY_MS * (1 + random() / 20);
  return jittered(Math.min(MAX_RESEND_DELAY_MS, MIN_RESEND_DELAY_MS * 2 ** attempt), random);
}

/** A wait lengthened by up to a quarter, so that those who were told the same time do not come at once. */
export function jittered(ms: number, random: Random): number {
  return ms * (1 + random() / 4);
}
