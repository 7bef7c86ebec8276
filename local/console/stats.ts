import metrics from '../../lib/telemetry/metrics.json';
import { isRecord, recordsAt } from '../template/template';

/** How far back the graphs go. */
const SECONDS = 120;
const LINES = 40;
/** Fan-outs of this long tell the percentiles. */
const RECENT_MS = 60_000;
const MAX_FAN_OUTS = 5_000;

const TIMES = new Set(
  Object.entries(metrics.byStack.units).flatMap(([name, unit]) => (unit === 'Milliseconds' ? [name] : [])),
);

/** A log line, as far as the page shows it. */
export interface Told {
  at: number;
  level: string;
  message: string;
  ms: number;
  room: string;
  connectionId: string;
  messageId: string;
  reason: string;
}

/** What the functions have logged so far. */
export interface Snapshot {
  seconds: number;
  /** Connections that were opened and not closed since the start. */
  open: number;
  /** Since the start, by metric. */
  totals: Record<string, number>;
  /** Refusals since the start, by reason. */
  refused: Record<string, number>;
  /** Of the last minute, in milliseconds. */
  fanOut: { p50: number; p99: number; most: number };
  /** By metric, second by second, the newest last. */
  series: Record<string, number[]>;
  /** The newest first. */
  lines: Told[];
}

/** Adds up what the functions log, from the lines that CloudWatch would read on AWS. */
export interface Stats {
  take(line: string): void;
  snapshot(): Snapshot;
}

export function createStats(now: () => number = Date.now): Stats {
  const totals: Record<string, number> = {};
  const refused: Record<string, number> = {};
  const seconds = new Map<number, Record<string, number>>();
  const lines: Told[] = [];
  let fanOuts: { at: number; ms: number }[] = [];

  const count = (second: Record<string, number>, name: string, value: number): void => {
    totals[name] = (totals[name] ?? 0) + value;
    // Of times, a second shows the longest.
    second[name] = TIMES.has(name) ? Math.max(second[name] ?? 0, value) : (second[name] ?? 0) + value;
  };

  return {
    take(line) {
      const told = parse(line);
      if (!told) return;
      const at = now();
      const second = Math.floor(at / 1000);
      const counts = seconds.get(second) ?? {};
      seconds.set(second, counts);
      for (const old of seconds.keys()) if (old <= second - SECONDS) seconds.delete(old);

      for (const name of namesIn(told)) count(counts, name, Number(told[name]));
      if (typeof told.Reason === 'string') refused[told.Reason] = (refused[told.Reason] ?? 0) + 1;
      if (typeof told.FanOutMs === 'number') fanOuts.push({ at, ms: told.FanOutMs });
      if (fanOuts.length > MAX_FAN_OUTS) fanOuts.shift();
      if (typeof told.level === 'string') lines.unshift(shown(told, at));
      lines.splice(LINES);
    },

    snapshot() {
      const at = now();
      fanOuts = fanOuts.filter((each) => each.at > at - RECENT_MS);
      const took = fanOuts.map(({ ms }) => ms).sort((a, b) => a - b);
      const last = Math.floor(at / 1000);
      const series = Object.keys(totals).map((name) => [
        name,
        Array.from({ length: SECONDS }, (_, i) => seconds.get(last - SECONDS + 1 + i)?.[name] ?? 0),
      ]);
      return {
        seconds: SECONDS,
        open: Math.max(0, (totals.ConnectionsOpened ?? 0) - (totals.ConnectionsClosed ?? 0)),
        totals,
        refused,
        fanOut: { p50: percentile(took, 0.5), p99: percentile(took, 0.99), most: took.at(-1) ?? 0 },
        series: Object.fromEntries(series),
        lines,
      };
    },
  };
}

/** The metrics that a line says it has, in CloudWatch's embedded format. */
function namesIn(line: Record<string, unknown>): string[] {
  if (!isRecord(line._aws)) return [];
  return recordsAt(line._aws, 'CloudWatchMetrics')
    .filter(({ Namespace }) => Namespace === metrics.namespace)
    .flatMap((directive) => recordsAt(directive, 'Metrics').map(({ Name }) => String(Name)));
}

function shown(line: Record<string, unknown>, at: number): Told {
  const text = (name: string): string => (typeof line[name] === 'string' ? line[name] : '');
  return {
    at,
    level: text('level'),
    message: text('message'),
    ms: Number(line.ms),
    room: text('room'),
    connectionId: text('connectionId'),
    messageId: text('messageId'),
    reason: text('error') || text('Reason'),
  };
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
