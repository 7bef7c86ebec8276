import type { OutboxRecord } from '../common/outboxTypes';

/** Chooses between two copies of a record: the attempted one, or of two attempted ones that with the lower `after`. */
export function safer(a: OutboxRecord | undefined, b: OutboxRecord): OutboxRecord {
  if (a?.after === undefined) return b;
  if (b.after === undefined) return a;
  return a.after <= b.after ? a : b;
}

/** Sorts records by `order`. Records of different clients may have the same order: then the older one comes first. */
export function byOrder(a: OutboxRecord, b: OutboxRecord): number {
  return a.order - b.order || a.at - b.at;
}
