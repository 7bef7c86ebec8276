import { fork } from 'node:child_process';
import type { Kind } from './scenario';
import type { Task } from './serveTasks';
import { addTotals, emptyTotals, type Totals } from './totals';

/** What a simulation makes lives shortly: a larger new space, and no threads that share its collection, cost less. */
const HEAP = ['--single-threaded-gc', '--min-semi-space-size=32', '--max-semi-space-size=32'];

export interface Work {
  seed: number;
  sends: number;
  seeds: number;
  jobs: number;
  stopsWhenBroken?: boolean;
  kind?: Kind;
  traces?: boolean;
  onProgress?(totals: Totals): void;
}

/** Runs a bundled simulation in several processes and sums up what they saw. */
export async function runWorkers(script: string, work: Work): Promise<Totals> {
  const sum = emptyTotals();
  const { jobs } = work;
  const share = (index: number): Task => ({
    from: work.seed + index,
    step: jobs,
    sends: work.sends / jobs,
    seeds: Math.ceil(work.seeds / jobs),
    stopsWhenBroken: work.stopsWhenBroken ?? false,
    ...(work.kind && { kind: work.kind }),
    traces: work.traces ?? false,
  });
  await Promise.all(
    Array.from({ length: jobs }, (_, index) =>
      runWorker(script, share(index), (part) => {
        addTotals(sum, part);
        work.onProgress?.(sum);
      }),
    ),
  );
  return sum;
}

function runWorker(script: string, task: Task, onTotals: (totals: Totals) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(script, { execArgv: HEAP, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', (totals) => onTotals(totals as Totals));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A simulation process ended with ${code}.`));
    });
    child.send(task);
  });
}
