import type { Data } from '../protocol';

/**
 * What became of words in their review. A `replace` without data leaves the data as they are. `hold` leaves it to a
 * moderator. A moderator's `allow` has the seq above which the message is, if it is in the log.
 */
export type Verdict =
  | { verdict: 'allow'; after?: number }
  | { verdict: 'deny'; reason?: string }
  | { verdict: 'replace'; text: string; data?: Data }
  | { verdict: 'hold' };

/** What a moderator decides. */
export type Decision =
  | Required<Extract<Verdict, { verdict: 'allow' }>>
  | Extract<Verdict, { verdict: 'deny' }>;

/** Keeps verdicts, so that a repeat of a send has the verdict of its first attempt. */
export interface VerdictStore {
  /** Gives the verdict that is kept under a subject, a text of any length. */
  find(subject: string): Promise<Verdict | undefined>;
  /**
   * Keeps a verdict at least until `until`, in milliseconds since the epoch, and gives the one that holds: the first
   * that was kept.
   */
  keepFirst(subject: string, verdict: Verdict, until: number): Promise<Verdict>;
}

/** What moderators decide about held words. */
export interface DecisionStore {
  /** Puts a decision in the place of `hold`, or keeps it where there is no verdict. Gives the verdict that holds then. */
  settle(subject: string, decision: Decision, until: number): Promise<Verdict>;
}
