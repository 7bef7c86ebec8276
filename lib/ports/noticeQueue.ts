/** Asks whether a user needs a notification of the message at `seq`. */
export interface Notice {
  /** The hash of the user's id. */
  userHash: string;
  room: string;
  seq: number;
  /** The message mentions the user; else the user is notified of all messages of the room. */
  isMention: boolean;
  /** The row of the user among the room's watchers, by its time. */
  watcher?: number;
}

/** The longest delay of a queued notice, in milliseconds. */
export const MAX_NOTICE_DELAY_MS = 900_000;

/** Brings notices to the function that notifies users. It may bring one twice. */
export interface NoticeQueue {
  /** Queues notices that come after `delayMs`, at most {@link MAX_NOTICE_DELAY_MS}. @throws Unavailable */
  enqueue(notices: readonly Notice[], delayMs: number): Promise<void>;
}
