import type { Style } from '../chat/style';
import { printable } from '../printable';
import type { Result } from './types';

const SIGNS = { passed: '✓', failed: '✗', skipped: '–' } as const;

/** A result for a person: what was looked at, what was seen, what it means, and what to do. */
export function describeResult({ outcome, title, detail, means, mend }: Result, style: Style): string {
  const sign = outcome === 'failed' ? style.alarm(SIGNS[outcome]) : SIGNS[outcome];
  const lines = [`${sign} ${title}. ${printable(detail)}`, style.faint(`  ${means}`)];
  if (mend !== undefined) lines.push(style.alarm(`  What to do: ${mend}`));
  return lines.join('\n');
}

export function summary(results: readonly Result[]): string {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} not looked at.`;
}

/** A run for a program. */
export function toJson(url: URL, results: readonly Result[]): string {
  const ok = results.every(({ outcome }) => outcome !== 'failed');
  return JSON.stringify({ url: url.href, ok, checks: results }, undefined, 2);
}
