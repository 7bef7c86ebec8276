import type { Style } from '../terminal/style';
import { jsonLine, printable } from '../terminal/terminalText';
import type { Result } from './harness/check';

const SIGNS = { passed: '✓', failed: '✗', skipped: '–' } as const;

/** Gives a result as text: what was checked, what was seen, what it means, and what to do. */
export function describeResult({ outcome, title, detail, means, remedy }: Result, style: Style): string {
  const sign = outcome === 'failed' ? style.alarm(SIGNS[outcome]) : SIGNS[outcome];
  const lines = [`${sign} ${title}. ${printable(detail)}`, style.faint(`  ${means}`)];
  if (remedy !== undefined) lines.push(style.alarm(`  What to do: ${remedy}`));
  return lines.join('\n');
}

export function summary(results: readonly Result[]): string {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped.`;
}

/** Gives the results as JSON. */
export function toJson(url: URL, results: readonly Result[]): string {
  const ok = results.every(({ outcome }) => outcome !== 'failed');
  return jsonLine({ url: url.href, ok, checks: results }, 2);
}
