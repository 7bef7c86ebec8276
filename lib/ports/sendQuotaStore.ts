import type { Refusal } from '../protocol/errorReplies';
import type { Charge, ChargeResult, Judge, Way } from './tokenBucketCharge';

/** The token buckets of users for messages, over a connection or HTTP. */
export interface SendQuotaStore {
  /** Charges a message, a join or an announcement to a user's bucket. Refuses a user in debt with its wait. */
  charge(user: string, charge: Charge, judge?: Judge): Promise<ChargeResult>;
  /** Reads in which way a charge would move the bucket, or why it would be refused. */
  foresee(user: string, charge: Charge): Promise<{ way: Way } | Refusal>;
  /**
   * Moves the user's bucket of capacity units forward by what was consumed, and gives the wait of a user in debt in
   * milliseconds, or 0. `undefined` where other writes came in between each time: nothing is charged.
   */
  chargeUnits(user: string, charge: { now: number; costMs: number }): Promise<number | undefined>;
}
