import type { RoomRules } from '../../client/moderation';
import { momentOf } from './days';

/** Why a user cannot write in a room now. */
export interface Closed {
  reason: string;
  /** The time is shown by the second. */
  isWaiting?: true;
}

/**
 * Tells why a user without the right to moderate cannot write now; `sentAt` is when the user sent last since the join.
 */
export function whyClosed(
  { settings, mutedUntil, waitUntil }: RoomRules,
  sentAt: number | undefined,
  now: number,
): Closed | undefined {
  if (settings.readOnly) return { reason: 'Only moderators may write here.' };
  if (mutedUntil > now)
    return { reason: `A moderator has muted you here. You may write from ${momentOf(mutedUntil)} on.` };
  if (!settings.slow) return undefined;
  const turnAt = sentAt === undefined ? waitUntil : sentAt + settings.slow * 1000;
  const waitMs = turnAt - now;
  if (waitMs <= 0) return undefined;
  return { reason: `Slow mode: you may write again in ${lengthOf(waitMs)}.`, isWaiting: true };
}

/** A length of time in words, rounded up: seconds below two minutes, and minutes from there on. */
export function lengthOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
