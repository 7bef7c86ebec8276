import type { ReadMark } from '../../ports/followStore';
import type { Row } from './attributeValues';

/** Reads the mark in the row of a followed room. */
export function toMark({ v, s, n, t, u }: Row): ReadMark {
  return {
    version: Number(v),
    seq: Number(s),
    n: Number(n),
    at: Number(t),
    ...(u !== undefined && { expiresAt: Number(u) }),
  };
}
