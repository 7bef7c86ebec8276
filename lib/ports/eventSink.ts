import type { LogEntry } from '../protocol';

/** Entries from `seq` to `to` that expired before the sink got them. */
export interface GapEntry {
  type: 'gap';
  seq: number;
  to: number;
}

/** What a sink gets. Together `log`, `room` and `seq` name an entry; an `erased` entry may come again, and later. */
export interface LogEvent {
  log: string;
  room: string;
  seq: number;
  entry: LogEntry | GapEntry;
}

/** Where the entries of the log go. */
export interface EventSink {
  /**
   * Sends one event, and returns when the sink has it. It may have it after a failure, too. It ends within
   * {@link SINK_TIMEOUT_MS}.
   * @throws Error when the sink did not confirm the event.
   */
  send(event: LogEvent): Promise<void>;
}

/** A sink confirms an event within this time, in milliseconds. */
export const SINK_TIMEOUT_MS = 5_000;
