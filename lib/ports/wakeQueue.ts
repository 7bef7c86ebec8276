/** Asks the relay to look at a room. A wake that was queued for the end of a hold carries that time as `until`. */
export interface Wake {
  room: string;
  until?: number;
}

/** The longest delay of a queued wake, in milliseconds. */
export const MAX_WAKE_DELAY_MS = 900_000;

/** Brings wakes to the relay once more, later. It may bring one twice. */
export interface WakeQueue {
  /** Queues a wake that comes after `delayMs`, at most {@link MAX_WAKE_DELAY_MS}. @throws Unavailable */
  enqueue(wake: Wake, delayMs: number): Promise<void>;
}
