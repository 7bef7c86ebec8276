import type { Refusal } from '../protocol/errorReplies';

/** What one frame takes from a token bucket of its connection or its user, in milliseconds. */
export interface Charge {
  bucket: 'sends' | 'syncs' | 'typing' | 'signals' | 'drafts' | 'joins' | 'announcements' | 'uploads';
  now: number;
  costMs: number;
  burstMs: number;
}

export type ChargeResult = 'ok' | Refusal;
