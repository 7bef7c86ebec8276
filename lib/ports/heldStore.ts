import type { ReviewRequest } from './reviewer';

/** A message that waits for a moderator. `at` is when the review held it, in milliseconds since the epoch. */
export interface HeldMessage {
  request: ReviewRequest;
  at: number;
  /** The author may be in the room only as its member, by the token. */
  onlyAsMember?: true;
}

/** A held message and its key, which tells nothing of it. */
export type ListedMessage = HeldMessage & { held: string };

/** A part of the held messages of a room. */
export interface HeldPage {
  messages: ListedMessage[];
  /** Where the next part begins; missing at the end. */
  next?: string;
}

/** What the review does with messages that it holds. */
export interface HeldStore {
  /**
   * Keeps a message until `until`, in milliseconds since the epoch. A repeat of the same subject leaves it as it is.
   * However many a user adds at once, no more than `perUser` stay.
   * @throws Unavailable when another attempt to add it took it away again.
   */
  add(
    subject: string,
    message: HeldMessage,
    bounds: { perUser: number; until: number },
  ): Promise<'added' | 'tooMany'>;
  /** Takes a message away again that this attempt added, unless another attempt relies on it. */
  withdraw(subject: string, request: ReviewRequest): Promise<void>;
}

/** The held messages of each room for its moderators, oldest first. Every read is strongly consistent. */
export interface HeldQueue {
  /** Gives a held message that has not expired. */
  find(room: string, held: string, now: number): Promise<ListedMessage | undefined>;
  /** Gives those of the next `limit` held messages of a room that have not expired. */
  readPage(room: string, from: string | undefined, limit: number, now: number): Promise<HeldPage>;
  /** Removes a message that is decided. */
  remove(room: string, held: string): Promise<void>;
}

/** What erasures do to held messages. */
export interface HeldErasureStore {
  /** Forgets a part of a user's held messages; tells how many, and whether more are left. */
  forgetSome(user: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
  /** Forgets a part of a room's held messages; tells how many, and whether more are left. */
  forgetSomeIn(room: string, limit: number): Promise<{ forgotten: number; isDone: boolean }>;
}
