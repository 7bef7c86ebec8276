import type { RateLimited } from '../protocol/errorReplies';
import type { Charge } from './tokenBucketCharge';

/** Authors, over a socket or not: what has to be kept of them from one message to the next. */
export interface SendQuotaStore {
  /** Charges a message to a user's bucket. */
  charge(user: string, charge: Charge): Promise<'ok' | RateLimited>;
  /**
   * Keeps the head that a send's first try met, and gives the one that was kept first. Until then, and after every
   * further try as long again, each try of the send gets the same one.
   */
  getOrSetBaseSeq(
    send: { room: string; id: string; user: string },
    head: number,
    until: number,
  ): Promise<number>;
}
