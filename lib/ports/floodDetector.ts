import type { ErrorCode } from '../protocol';

/** A container's verdict on a frame: `flood` is not served, and `close` closes the connection. */
export type FloodVerdict = 'fine' | 'flood' | 'close';

/** Watches the connections of this container for those that do not stop though they are refused. */
export interface FloodDetector {
  /** Counts a frame, before anything is done for it. */
  countFrame(connection: string, now: number): FloodVerdict;
  /** Counts a refusal. */
  countRefusal(connection: string, code: ErrorCode, now: number): FloodVerdict;
}
