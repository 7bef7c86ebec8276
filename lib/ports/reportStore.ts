import type { User } from '../protocol';

/** A user's report of the message at `of`. `at` is in milliseconds since the epoch. */
export interface Report {
  of: number;
  user: User;
  reason?: string;
  at: number;
}

/** Where a list of reports ends: how many may be open, and until when a new one is, in milliseconds since the epoch. */
export interface ReportBounds {
  perMessage: number;
  perUser: number;
  until: number;
}

/** A part of the reports in a room. */
export interface ReportPage {
  reports: Report[];
  /** Where the next part begins; missing at the end. */
  next?: string;
}

/** The open reports of each room, in the order of their messages. Every read is strongly consistent. */
export interface ReportStore {
  /**
   * Adds a report, in the place of the user's earlier one of this message. A message with enough reports gets no more:
   * that is `added` too. However many a user adds at once, no more than `perUser` stay.
   */
  add(room: string, report: Report, bounds: ReportBounds): Promise<'added' | 'tooMany'>;
  /** Gives those of the next `limit` reports of a room that are open. */
  readPage(room: string, from: string | undefined, limit: number, now: number): Promise<ReportPage>;
  /** Ends the reports of a message. */
  resolve(room: string, of: number): Promise<void>;
}

/** What erasures do to reports. */
export interface ReportErasureStore {
  /** Forgets a part of what a user has reported; tells how much, and whether more is left. */
  forgetSome(user: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
  /** Forgets a part of what was reported in a room; tells how much, and whether more is left. */
  forgetSomeIn(room: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
}
