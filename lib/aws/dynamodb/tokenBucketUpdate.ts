import type { Charge, Way } from '../../ports/tokenBucketCharge';
import { clockSkewLimit } from '../../rateLimiting/tokenBucket';
import type { Row } from './attributeValues';

/** An assignment to `#bucket`, its condition, and their values. */
export interface BucketUpdate {
  set: string;
  fits: string;
  values: Row;
}

/** Gives the part of an update that moves `#bucket` forward, on condition that it may; `:now` is the caller's. */
export function bucketUpdate({ now, costMs, burstMs }: Charge, way: Way): BucketUpdate {
  if (way === 'restart')
    return {
      set: '#bucket = :fresh',
      fits: '(attribute_not_exists(#bucket) OR #bucket < :now OR #bucket > :absurd)',
      values: { ':fresh': now + costMs, ':absurd': clockSkewLimit({ now, burstMs }) },
    };
  return {
    set: '#bucket = #bucket + :cost',
    fits: '#bucket BETWEEN :now AND :most',
    values: { ':cost': costMs, ':most': now + burstMs - costMs },
  };
}
