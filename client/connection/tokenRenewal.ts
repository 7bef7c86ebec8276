import { MAX_CONNECTION_MS } from '../../lib/protocol';
import { MIN_RENEWAL_MS, RENEWAL_FROM_FRACTION, RENEWAL_SPREAD_FRACTION } from '../common/constants';
import type { Random } from '../common/platform';

/**
 * Chooses when a connection is replaced by one with a new token, in milliseconds after it opened: before its token
 * expires, before API Gateway's limit of two hours, and at a random time, so that clients do not renew together.
 */
export function renewalDelay(tokenRemainingMs: number, random: Random): number {
  const lifetimeMs = Math.min(MAX_CONNECTION_MS, tokenRemainingMs);
  return Math.max(MIN_RENEWAL_MS, lifetimeMs * (RENEWAL_FROM_FRACTION + RENEWAL_SPREAD_FRACTION * random()));
}
