import type { Refusal } from '../protocol/errorReplies';

/** How a bucket moves forward: from now if it is full, and else from where it is. */
export type Way = 'restart' | 'advance';

/** What one frame takes from a token bucket of its connection or its user, in milliseconds. */
export interface Charge {
  bucket: 'sends' | 'syncs' | 'typing' | 'signals' | 'drafts' | 'joins' | 'announcements' | 'uploads';
  now: number;
  costMs: number;
  burstMs: number;
  /** How the bucket was seen to move: a wrong way costs one write more. */
  way?: Way;
}

/**
 * Tells why a frame is refused that its bucket lets through. It is asked once, after the first write of the charge.
 * `isTight`: a refusal can afford one more write at most.
 */
export type Judge = (isTight: boolean) => Promise<Refusal | undefined>;

export type ChargeResult = 'ok' | Refusal;
