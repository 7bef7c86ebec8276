import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Figure } from './samples';

/** Prints the machine, the Node version and the commit of the figures. */
export function printHeader(title: string): void {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`\n## ${title}\n`);
  console.log(
    `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GB; Node ${process.version}`,
  );
  console.log(`commit ${commit()}, ${new Date().toISOString().slice(0, 10)}\n`);
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') ? ' and changes' : '');
  } catch {
    return 'unknown';
  }
}

/** Prints a Markdown table whose first column is text. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  console.log(line(header));
  console.log(
    `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`,
  );
  for (const row of rows) console.log(line(row));
  console.log();
}

/** Formats a median and its range with significant digits only. */
export function show({ median, min, max }: Figure): string {
  return `${short(median)} (${short(min)}–${short(max)})`;
}

export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A ratio to reach. */
export interface Threshold {
  what: string;
  value: number;
  atLeast?: number;
  atMost?: number;
}

/** A busy machine blurs ratios: `--check` fails only what misses by more than this part. */
const SLACK = 0.4;

/** Prints which figures reach their goal; with `check` the exit code is 1 when one misses by far. */
export function judge(thresholds: readonly Threshold[], { check }: { check?: true | undefined } = {}): void {
  for (const threshold of thresholds) {
    const { what, value, atLeast, atMost } = threshold;
    const wanted = atLeast === undefined ? `at most ${short(atMost ?? 0)}` : `at least ${short(atLeast)}`;
    const verdict = holds(threshold, 0) ? 'ok  ' : holds(threshold, SLACK) ? 'near' : 'MISS';
    console.log(`${verdict} ${what}: ${short(value)} (${wanted})`);
    if (verdict === 'MISS' && check) process.exitCode = 1;
  }
  console.log();
}

function holds({ value, atLeast, atMost }: Threshold, slack: number): boolean {
  return (
    (atLeast === undefined || value >= atLeast * (1 - slack)) &&
    (atMost === undefined || value <= atMost * (1 + slack))
  );
}
