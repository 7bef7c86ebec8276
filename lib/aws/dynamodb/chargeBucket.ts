import type { Charge } from '../../ports/tokenBucketCharge';
import type { RateLimited } from '../../protocol/errorReplies';
import { takeToken } from '../../rateLimiting/tokenBucket';
import type { Row } from './attributeValues';
import type { Conditional } from './conditional';
import { type BucketUpdate, bucketUpdate } from './tokenBucketUpdate';

/** A bucket that other requests keep moving is given up after this many attempts. */
const MAX_ATTEMPTS = 4;

/** The row with the bucket. */
export interface ChargedRow<Output, Refused> {
  /** Writes the row with the bucket moved forward, on the update's condition. */
  write(update: BucketUpdate): Promise<Conditional<Output>>;
  read(): Promise<Row | undefined>;
  /** Gives what else than the bucket refuses the write. */
  refusal?(row: Row | undefined): Refused | undefined;
}

/** Takes a charge from a token bucket in one write, repeated while other requests move the bucket. */
export async function chargeBucket<Output, Refused = never>(
  charge: Charge,
  { write, read, refusal }: ChargedRow<Output, Refused>,
): Promise<{ output: Output } | RateLimited | Refused> {
  let way: 'restart' | 'advance' = 'restart';
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = await write(bucketUpdate(charge, way));
    if (outcome.met) return { output: outcome.output };
    // DynamoDB sends the row that did not meet the condition; other engines leave it to be read.
    const row = outcome.row ?? (await read());
    const refused = refusal?.(row);
    if (refused) return refused;
    const fullAt = row?.[charge.bucket];
    const next = takeToken(typeof fullAt === 'number' ? fullAt : undefined, charge);
    if (typeof next === 'object') return { kind: 'rateLimited', ...next };
    way = next;
  }
  return { kind: 'rateLimited', retryAfterMs: charge.costMs, contended: true };
}
