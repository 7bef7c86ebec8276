import type { ErrorFrame } from '../protocol';

/** A container's verdict on a frame: `flood` is not served, and `close` closes the connection. */
export type FloodVerdict = 'fine' | 'flood' | 'close';

/** Watches the connections of this container for those that do not stop though they are refused. */
export interface FloodDetector {
  /** Counts a frame, before anything is done for it. */
  countFrame(connection: string, now: number): FloodVerdict;
  /** Counts a refusal, unless the client had waited as long as the refusal before had asked for. */
  countRefusal(
    connection: string,
    refusal: Pick<ErrorFrame, 'code' | 'action' | 'retryAfterMs'>,
    now: number,
  ): FloodVerdict;
}
