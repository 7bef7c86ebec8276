import type { ErrorCode } from '../protocol';

/** What a container makes of a frame: `flood` is not to be served, and at `close` the connection has to be closed. */
export type FloodVerdict = 'fine' | 'flood' | 'close';

/** Watches the connections of this container for those that do not stop though they are refused. */
export interface FloodDetector {
  /** Counts a frame, before anything is done for it. */
  countFrame(connection: string, now: number): FloodVerdict;
  /** Counts a refusal. */
  countRefusal(connection: string, code: ErrorCode, now: number): FloodVerdict;
}
