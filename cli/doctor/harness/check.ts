import type { Deployment } from './deployment';

/** Measured values, with their unit in the name. */
export type Figures = Record<string, number>;

/** The outcome of a check that did not fail. The detail of `skipped` says why it could not be judged. */
export type Finding = { outcome: 'passed' | 'skipped'; detail: string; figures?: Figures | undefined };

/** One thing that must hold of a deployment. */
export interface Check {
  /** Stable: scripts read it. */
  name: string;
  /** What holds when it passes. */
  title: string;
  /** Why that matters. */
  means: string;
  /** What to do when it fails. */
  remedy: string;
  /** Checks that must have passed before this one can be judged. */
  needs?: readonly string[];
  /** @throws CheckFailure when it does not hold. */
  run(deployment: Deployment): Promise<Finding>;
}

/** The result of one check. */
export interface Result extends Omit<Finding, 'outcome'>, Pick<Check, 'name' | 'title' | 'means'> {
  outcome: 'passed' | 'skipped' | 'failed';
  /** Only of a check that failed. */
  remedy?: string;
  ms: number;
}

export function passed(detail: string, figures?: Figures): Finding {
  return { outcome: 'passed', detail, figures };
}

export function skipped(detail: string): Finding {
  return { outcome: 'skipped', detail };
}
