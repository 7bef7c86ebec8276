import type { Outcome } from './simulate';

/** Sums of many runs, as plain data that passes between processes. */
export interface Tally {
  seeds: number;
  sends: number;
  acknowledged: number;
  shown: number;
  slowestMs: number;
  /** The longest anybody was not whole after the faults had stopped, in virtual milliseconds. */
  wholeMs: number;
  counts: Record<string, number>;
  /** The first runs that broke a promise, each with what it broke. */
  broken: { seed: number; violations: Outcome['violations'] }[];
  brokenSeeds: number;
}

const MOST_KEPT = 20;

export function emptyTally(): Tally {
  return {
    seeds: 0,
    sends: 0,
    acknowledged: 0,
    shown: 0,
    slowestMs: 0,
    wholeMs: 0,
    counts: {},
    broken: [],
    brokenSeeds: 0,
  };
}

export function addOutcome(metrics: Tally, { seed, violations, ...outcome }: Outcome): void {
  metrics.seeds++;
  metrics.sends += outcome.sends;
  metrics.acknowledged += outcome.acknowledged;
  metrics.shown += outcome.shown;
  metrics.slowestMs = Math.max(metrics.slowestMs, outcome.slowestMs);
  metrics.wholeMs = Math.max(metrics.wholeMs, outcome.wholeMs);
  for (const [what, count] of outcome.counts) metrics.counts[what] = (metrics.counts[what] ?? 0) + count;
  if (violations.length === 0) return;
  metrics.brokenSeeds++;
  if (metrics.broken.length < MOST_KEPT) metrics.broken.push({ seed, violations });
}

export function addTally(sum: Tally, part: Tally): void {
  sum.seeds += part.seeds;
  sum.sends += part.sends;
  sum.acknowledged += part.acknowledged;
  sum.shown += part.shown;
  sum.slowestMs = Math.max(sum.slowestMs, part.slowestMs);
  sum.wholeMs = Math.max(sum.wholeMs, part.wholeMs);
  for (const [what, count] of Object.entries(part.counts)) sum.counts[what] = (sum.counts[what] ?? 0) + count;
  sum.brokenSeeds += part.brokenSeeds;
  sum.broken.push(...part.broken.slice(0, MOST_KEPT - sum.broken.length));
}
