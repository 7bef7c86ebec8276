import { addOutcome, emptyTotals } from '../totals';
import type { Task } from '../worker';
import { simulateChanges } from './simulateChanges';

const REPORT_EVERY = 50;

async function run({ from, step, sends, seeds, stopsWhenBroken }: Task): Promise<void> {
  let totals = emptyTotals();
  let operations = 0;
  for (let i = 0; i < seeds && operations < sends; i++) {
    const outcome = await simulateChanges(from + i * step);
    operations += outcome.sends;
    addOutcome(totals, outcome as never);
    await new Promise((resolve) => setImmediate(resolve));
    if (stopsWhenBroken && outcome.violations.length > 0) break;
    if (totals.seeds === REPORT_EVERY || outcome.violations.length > 0) {
      process.send?.(totals);
      totals = emptyTotals();
    }
  }
  process.send?.(totals, () => process.disconnect?.());
}

process.once('message', (task: Task) => void run(task));
process.once('disconnect', () => process.exit());
