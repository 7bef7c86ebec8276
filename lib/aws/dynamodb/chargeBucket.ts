import type { Charge, Judge, Way } from '../../ports/tokenBucketCharge';
import type { Refusal } from '../../protocol/errorReplies';
import { takeToken } from '../../rateLimiting/tokenBucket';
import type { Row } from './attributeValues';
import type { Conditional } from './conditional';
import type { Output } from './database';
import { kilobytesOf } from './kilobytesOf';
import { type BucketUpdate, bucketUpdate } from './tokenBucketUpdate';

/** A bucket that other requests keep moving is given up after this many attempts. */
const MAX_ATTEMPTS = 4;

/** The row with the bucket. */
export interface ChargedRow {
  /** Writes the row with the bucket moved forward, on the update's condition. */
  write(update: BucketUpdate): Promise<Conditional<Output>>;
  read(): Promise<Row | undefined>;
  /** Gives what else than the bucket refuses the write. */
  refusal?(row: Row | undefined): Refusal | undefined;
  judge?: Judge | undefined;
}

/**
 * Takes a charge from a token bucket in one write, repeated while other requests move the bucket. The first write shows
 * a bucket that is not full. A frame that is refused then takes its token only if both writes cost two units at most.
 */
export async function chargeBucket(
  charge: Charge,
  { write, read, refusal, judge }: ChargedRow,
): Promise<{ output: Output } | Refusal> {
  let { way = 'restart' } = charge;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const outcome = await write(bucketUpdate(charge, way));
    // DynamoDB sends the row that did not meet the condition; other engines leave it to be read.
    const row = outcome.met ? undefined : (outcome.row ?? (await read()));
    if (!outcome.met) {
      const found = foresee(row, charge, refusal);
      if ('kind' in found) return found;
      way = found.way;
    }
    const isDear = (outcome.met ? unitsOf(outcome.output) : kilobytesOf(row)) > 1;
    const refused = attempt === 0 ? await judge?.(isDear || !outcome.met) : undefined;
    if (refused) {
      const isFree = isDear || (refused.kind === 'judged' && refused.isFree);
      if (!outcome.met && !isFree) await write(bucketUpdate(charge, way));
      return refused;
    }
    if (outcome.met) return { output: outcome.output };
  }
  return { kind: 'rateLimited', retryAfterMs: charge.costMs, contended: true };
}

/** Tells in which way a charge would move the bucket of a row, or why it is refused. */
export function foresee(
  row: Row | undefined,
  charge: Charge,
  refusal: ChargedRow['refusal'] = () => undefined,
): { way: Way } | Refusal {
  const refused = refusal(row);
  if (refused) return refused;
  const fullAt = row?.[charge.bucket];
  const way = takeToken(typeof fullAt === 'number' ? fullAt : undefined, charge);
  return typeof way === 'object' ? { kind: 'rateLimited', ...way } : { way };
}

function unitsOf({ ConsumedCapacity }: Output): number {
  return [ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
