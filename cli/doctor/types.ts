import type { Site } from './target';

/** Measured values, with their unit in the name. */
export type Figures = Record<string, number>;

/** What came of a check that did not fail. `skipped` says why there was nothing to look at. */
export type Finding = { outcome: 'passed' | 'skipped'; detail: string; figures?: Figures };

/** One thing that must hold of a deployment. A check that fails throws. */
export interface Check {
  /** Stable: scripts read it. */
  name: string;
  /** What holds when it passes. */
  title: string;
  /** Why that matters. */
  means: string;
  /** What to do when it fails. */
  mend: string;
  /** Checks that must have passed before this one can tell anything. */
  needs?: readonly string[];
  run(site: Site): Promise<Finding>;
}

/** How one check went. */
export interface Result extends Omit<Finding, 'outcome'>, Pick<Check, 'name' | 'title' | 'means'> {
  outcome: 'passed' | 'skipped' | 'failed';
  /** Only of a check that failed. */
  mend?: string;
  ms: number;
}

/** Why a check failed: a sentence that says what was seen. */
export class Failed extends Error {
  override readonly name = 'Failed';
  /** What to do about just this, when it is something else than for the check in general. */
  readonly mend: string | undefined;

  constructor(detail: string, mend?: string) {
    super(detail);
    this.mend = mend;
  }
}

export function passed(detail: string, figures?: Figures): Finding {
  return { outcome: 'passed', detail, ...(figures && { figures }) };
}

export function skipped(detail: string): Finding {
  return { outcome: 'skipped', detail };
}

/** Fails the check unless something holds. */
export function expect(holds: boolean, otherwise: string, mend?: string): asserts holds {
  if (!holds) throw new Failed(otherwise, mend);
}
