import { readFileSync, writeFileSync } from 'node:fs';
import { addTotals, emptyTotals, type Totals } from './totals';

/** What one run or several saw, and the seconds that they took together. */
export interface Summary {
  totals: Totals;
  runs: number;
  seconds: number;
}

/** Writes a summary to a file, to be added to those of other runs. */
export function save(file: string, summary: Summary): void {
  writeFileSync(file, JSON.stringify(summary));
}

/** Adds up the summaries in files. */
export function addSaved(files: readonly string[]): Summary {
  const sum: Summary = { totals: emptyTotals(), runs: 0, seconds: 0 };
  for (const file of files) {
    const { totals, runs, seconds } = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    addTotals(sum.totals, totals);
    sum.runs += runs;
    sum.seconds += seconds;
  }
  return sum;
}

/** Prints how often each fault struck, and a last line that tells everything else. */
export function print({ totals, runs, seconds }: Summary): void {
  console.log('\nHow often each fault struck:');
  for (const [what, count] of Object.entries(totals.counts).sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${String(count).padStart(9)}  ${what}`);
  console.log(
    `\n${totals.seeds} seeds, ${totals.sends} sends, ${totals.acknowledged} acknowledged, ${totals.shown} shown, ` +
      `${totals.brokenSeeds} seeds with violations, slowest delivery ${inSeconds(totals.slowestMs)}, everybody whole at most ${inSeconds(totals.wholeMs)} ` +
      `after the faults stopped (both virtual); ${runs === 1 ? '' : `${runs} runs, `}${seconds.toFixed(0)} s, ${rateOf(totals.sends, seconds)}`,
  );
}

/** Says how many sends were made in a second of real time. */
export function rateOf(sends: number, seconds: number): string {
  return `${(sends / Math.max(1, seconds)).toFixed(0)} sends/s`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
