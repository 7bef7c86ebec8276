/** Buckets a factor of about 1.02 apart: a percentile is right within two per cent, whatever the number of values. */
const PER_DOUBLING = 35;

/** Counts of durations, in a size that does not grow with their number. */
export interface Histogram {
  readonly count: number;
  add(ms: number): void;
  /** The duration, in milliseconds, that this part (0 to 1) of the values is within; 0 when there are none. */
  at(part: number): number;
}

export function createHistogram(): Histogram {
  const buckets = new Map<number, number>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(ms) {
      const bucket = Math.ceil(Math.log2(Math.max(ms, 0.01)) * PER_DOUBLING);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      count++;
    },
    at(part) {
      let left = Math.ceil(part * count);
      for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
        left -= buckets.get(bucket) ?? 0;
        if (left <= 0) return 2 ** (bucket / PER_DOUBLING);
      }
      return 0;
    },
  };
}
