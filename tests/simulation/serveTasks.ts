import type { Kind } from './scenario';
import { addOutcome, emptyTotals, type Outcome } from './totals';

/** What one process is asked to run: seeds `from`, `from + step`, … */
export interface Task {
  from: number;
  step: number;
  /** Stops after this many sends, */
  sends: number;
  /** or this many seeds, */
  seeds: number;
  /** or at the first violation. */
  stopsWhenBroken: boolean;
  /** Runs this kind of scenario only. */
  kind?: Kind;
  /** Prints what happens to sockets. */
  traces: boolean;
}

const REPORT_EVERY = 50;

/** Runs the task that the parent process sends, seed by seed, and sends it the totals of each part. */
export function serveTasks(simulate: (seed: number, task: Task) => Promise<Outcome>): void {
  process.once('message', (task: Task) => void run(task, simulate));
  process.once('disconnect', () => process.exit());
}

async function run(task: Task, simulate: (seed: number, task: Task) => Promise<Outcome>): Promise<void> {
  const { from, step, sends, seeds, stopsWhenBroken } = task;
  // Each fault makes an error, and its stack costs more than the fault.
  if (!task.traces) Error.stackTraceLimit = 0;
  let totals = emptyTotals();
  let sent = 0;
  for (let i = 0; i < seeds && sent < sends; i++) {
    const outcome = await simulate(from + i * step, task);
    sent += outcome.sends;
    addOutcome(totals, outcome);
    // Virtual time runs in promise callbacks only; messages and the end of the parent come by the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (stopsWhenBroken && outcome.violations.length > 0) break;
    if (totals.seeds === REPORT_EVERY || outcome.violations.length > 0) {
      process.send?.(totals);
      totals = emptyTotals();
    }
  }
  process.send?.(totals, () => process.disconnect?.());
}
