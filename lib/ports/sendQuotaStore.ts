import type { RateLimited } from '../protocol/errorReplies';
import type { Charge } from './tokenBucketCharge';

/** The token buckets of users for messages, over a connection or HTTP. */
export interface SendQuotaStore {
  /** Charges a message, a join or an announcement to a user's bucket. */
  charge(user: string, charge: Charge): Promise<'ok' | RateLimited>;
}
