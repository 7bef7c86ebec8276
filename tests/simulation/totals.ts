/** What one seed did and what was wrong with it. */
export interface Outcome {
  seed: number;
  violations: { kind: string; what: string }[];
  sends: number;
  acknowledged: number;
  shown: number;
  counts: Map<string, number>;
  /** The longest time from a commit to a joined client's screen, in milliseconds. */
  slowestMs: number;
  /** Milliseconds from the end of the faults until every client was up to date for good. */
  wholeMs: number;
}

/** Sums of many runs, as plain data that passes between processes. */
export interface Totals {
  seeds: number;
  sends: number;
  acknowledged: number;
  shown: number;
  slowestMs: number;
  /** The longest time until a client was up to date after the faults stopped, in virtual milliseconds. */
  wholeMs: number;
  counts: Record<string, number>;
  /** The first runs that broke a promise, each with what it broke. */
  broken: { seed: number; violations: Outcome['violations'] }[];
  brokenSeeds: number;
}

const MOST_KEPT = 20;

export function emptyTotals(): Totals {
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

export function addOutcome(totals: Totals, { seed, violations, ...outcome }: Outcome): void {
  totals.seeds++;
  totals.sends += outcome.sends;
  totals.acknowledged += outcome.acknowledged;
  totals.shown += outcome.shown;
  totals.slowestMs = Math.max(totals.slowestMs, outcome.slowestMs);
  totals.wholeMs = Math.max(totals.wholeMs, outcome.wholeMs);
  for (const [what, count] of outcome.counts) totals.counts[what] = (totals.counts[what] ?? 0) + count;
  if (violations.length === 0) return;
  totals.brokenSeeds++;
  if (totals.broken.length < MOST_KEPT) totals.broken.push({ seed, violations });
}

export function addTotals(sum: Totals, part: Totals): void {
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
