import { type Check, type Finding, type Result, skipped } from './harness/check';
import { CheckFailure } from './harness/checkFailure';
import { createDeployment, type Deployment, type Target } from './harness/deployment';

export interface RunOptions {
  /** How long all checks together may take, in milliseconds. */
  withinMs: number;
  /** Called with each result as it comes. */
  report?: ((result: Result) => void) | undefined;
}

/** Runs checks one after the other, each with its own connections. */
export async function runChecks(
  target: Target,
  checks: readonly Check[],
  { withinMs, report }: RunOptions,
): Promise<Result[]> {
  const deployment = createDeployment(target);
  const results: Result[] = [];
  const end = performance.now() + withinMs;
  for (const check of checks) {
    const began = performance.now();
    const found = await outcomeOf(check, deployment, results, end - began);
    const { name, title, means } = check;
    const result: Result = { name, title, means, ...found, ms: Math.round(performance.now() - began) };
    results.push(result);
    report?.(result);
  }
  return results;
}

type Outcome = Pick<Result, 'outcome' | 'detail' | 'remedy' | 'figures'>;

async function outcomeOf(
  check: Check,
  deployment: Deployment,
  before: readonly Result[],
  leftMs: number,
): Promise<Outcome> {
  const blocking = before.find(({ name, outcome }) => check.needs?.includes(name) && outcome !== 'passed');
  if (blocking) return skipped(`Not tried: "${blocking.title}" does not hold.`);
  try {
    return await inTime(() => check.run(deployment), leftMs);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      outcome: 'failed',
      detail,
      remedy: (error instanceof CheckFailure && error.remedy) || check.remedy,
    };
  } finally {
    deployment.release();
  }
}

async function inTime(run: () => Promise<Finding>, leftMs: number): Promise<Finding> {
  const late = () => new CheckFailure('The time for all checks was up.', 'Give more with --within SECONDS.');
  if (leftMs <= 0) throw late();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), leftMs);
  });
  try {
    return await Promise.race([run(), end]);
  } finally {
    clearTimeout(timer);
  }
}
