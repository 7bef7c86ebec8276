import { type Kind, scenarioOf } from './scenario';
import { simulate } from './simulate';
import { addOutcome, emptyTotals } from './totals';

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

async function run({ from, step, sends, seeds, stopsWhenBroken, kind, traces }: Task): Promise<void> {
  let metrics = emptyTotals();
  let sent = 0;
  for (let i = 0; i < seeds && sent < sends; i++) {
    const seed = from + i * step;
    const outcome = await simulate(seed, scenarioOf(seed, kind), traces ? console.log : undefined);
    sent += outcome.sends;
    addOutcome(metrics, outcome);
    // Virtual time runs in promise callbacks only; messages and the end of the parent come by the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (stopsWhenBroken && outcome.violations.length > 0) break;
    if (metrics.seeds === REPORT_EVERY || outcome.violations.length > 0) {
      process.send?.(metrics);
      metrics = emptyTotals();
    }
  }
  process.send?.(metrics, () => process.disconnect?.());
}

process.once('message', (task: Task) => void run(task));
process.once('disconnect', () => process.exit());
