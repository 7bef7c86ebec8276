import type { Violation } from '../simulation/checker';
import type { Report } from './runChaos';

const MOST_SHOWN = 20;

/** What is promised, and the violations that would break it. */
const PROMISES: readonly [promise: string, kinds: readonly Violation['kind'][]][] = [
  ['lost', ['wrongAck']],
  ['doubled', ['duplicate', 'reused']],
  ['out of order', ['ownOrder', 'inconsistent']],
  ['skipped', ['skipped', 'hole', 'falseGap', 'falseReset']],
  ['leaked', ['leak']],
  ['forgotten though alive', ['forgotten']],
  ['stuck', ['stuck']],
];

/** Says what a run did, how often each fault struck, and what was wrong. */
export function summarize(report: Report): string {
  const { options, violations, counts, failures, storms } = report;
  const lines = [
    'How often everything happened:',
    ...table(counts),
    ...(failures.size > 0 ? ['', 'What functions failed with by themselves:', ...table(failures)] : []),
    '',
    ...storms.map(
      ({ sockets, backMs }) => `${sockets} sockets cut at once: all back in ${seconds(backMs)} s`,
    ),
    `a send was answered in ${times(report.answerMs)}`,
    `acknowledged after ${times(report.ackMs)}`,
    `shown to others ${times(report.deliveryMs)} after the commit`,
    ...violations.slice(0, MOST_SHOWN).map(({ kind, what }) => `${kind}: ${what}`),
    `${options.clients} clients, ${options.rooms} rooms, ${report.sends} sends, ${report.acknowledgements} acknowledged, ` +
      `${report.rows} rows stored, ${report.deliveries} shown`,
    `sent in ${seconds(report.talkedMs)} s, whole ${seconds(report.healedMs)} s after the faults had stopped, ` +
      `${seconds(report.tookMs)} s in all, seed ${options.seed}`,
    PROMISES.map(([promise, kinds]) => `${count(violations, kinds)} ${promise}`).join(', '),
  ];
  return lines.join('\n');
}

function count(violations: readonly Violation[], kinds: readonly Violation['kind'][]): number {
  return violations.filter(({ kind }) => kinds.includes(kind)).length;
}

function table(counts: ReadonlyMap<string, number>): string[] {
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, number]) => `${String(number).padStart(9)}  ${what}`);
}

function times(ms: readonly number[]): string {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${at(1)} ms`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
