import type { Snapshot } from './stats';

const EVERY_MS = 1_000;
/** Without a terminal a line stays, so there are few. */
const LOGGED_EVERY_MS = 60_000;

/** As much of a terminal as a line at its foot needs. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** A line at the foot of a terminal that says how things are. */
export interface StatusLine {
  /** Prints a line above it. */
  print(line: string): void;
  stop(): void;
}

/** Keeps a summary at the foot of a terminal; elsewhere prints it once a minute. An unchanged one is not repeated. */
export function keepStatus(screen: Screen, summary: () => string): StatusLine {
  let drawn = '';
  const clear = (): void => {
    if (screen.isTTY && drawn !== '') screen.write('\r\u001b[2K');
  };
  const draw = (): void => {
    const next = summary();
    if (next === drawn) return;
    clear();
    screen.write(screen.isTTY ? next.slice(0, (screen.columns ?? 80) - 1) : `${next}\n`);
    drawn = next;
  };
  const timer = setInterval(draw, screen.isTTY ? EVERY_MS : LOGGED_EVERY_MS).unref();
  return {
    print(line) {
      clear();
      screen.write(`${line}\n`);
      if (screen.isTTY && drawn !== '') screen.write(drawn.slice(0, (screen.columns ?? 80) - 1));
    },
    stop() {
      clearInterval(timer);
      clear();
      drawn = '';
    },
  };
}

const TROUBLE = ['Throttled', 'PostsFailed', 'FanOutsFailed', 'ExpiryFailures'];

/** A run so far, in a line; nothing before the first connection. */
export function summaryOf({ open, totals, refused, fanOut }: Snapshot): string {
  if (Object.keys(totals).length === 0) return '';
  const of = (name: string): number => totals[name] ?? 0;
  const total = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const trouble = TROUBLE.filter((name) => of(name) > 0).map((name) => `${name} ${of(name)}`);
  return [
    `${open} connected`,
    `${of('Messages')} messages`,
    `${of('Recipients')} posts`,
    `fan-out p50 ${fanOut.p50} p99 ${fanOut.p99} ms`,
    `${total(refused)} refused`,
    ...trouble,
  ].join(' · ');
}
