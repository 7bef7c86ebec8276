import type { Figures } from './check';

/** Gives the value that this share of all values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Gives the median and the 99th percentile of times, in words and in figures. */
export function times(values: readonly number[]): { words: string; figures: Figures } {
  const [p50, p99] = [percentile(values, 0.5), percentile(values, 0.99)].map(
    (ms) => Math.round(ms * 10) / 10,
  );
  return {
    words: `p50 ${p50} ms, p99 ${p99} ms over ${values.length}`,
    figures: { p50Ms: p50 ?? 0, p99Ms: p99 ?? 0, samples: values.length },
  };
}
