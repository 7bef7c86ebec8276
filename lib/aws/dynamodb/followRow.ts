import type { MentionCandidates } from '../../ports/mentionStore';
import type { Row } from './attributeValues';
import { keysOfUser } from './hashedKey';

/** The partition of the rooms that a user follows, in the Members table, and the keys there. */
export const { partitionOf, keyFor } = keysOfUser('follows');

export const NOT_EXPIRED = 'attribute_not_exists(#e) OR #e > :now';

/** Reads which entries mentioned the user: `m` has their seqs, and `d` the highest of those that were taken out. */
export function toMentions({ m, d }: Row): MentionCandidates {
  const seqs = m instanceof Set ? [...m].map(Number) : [];
  return { seqs, forgottenUpTo: Number(d ?? 0) };
}

export function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}
