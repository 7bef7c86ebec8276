import type { FileInfo, MessageContent, User } from '../protocol';

/** What a reviewer is asked about: a message, or with `of` the words of an edit, before anybody sees them. */
export interface ReviewRequest extends MessageContent {
  room: string;
  id: string;
  from: User;
  /** The seq of the message that is edited. */
  of?: number;
  files?: readonly FileInfo[];
}

/** The operator's function that judges words. */
export interface Reviewer {
  /**
   * Gives what the function answered, of whatever form, within {@link REVIEW_TIMEOUT_MS}.
   * @throws Unavailable when no answer came in time.
   */
  ask(request: ReviewRequest): Promise<unknown>;
}

/** A reviewer must answer within this, in milliseconds: a client repeats a send after two seconds. */
export const REVIEW_TIMEOUT_MS = 1_500;
