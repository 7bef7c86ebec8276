import type { Data } from '../protocol';

/** What became of words in their review. A `replace` without data leaves the data as they are. */
export type Verdict =
  | { verdict: 'allow' }
  | { verdict: 'deny'; reason?: string }
  | { verdict: 'replace'; text: string; data?: Data };

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
