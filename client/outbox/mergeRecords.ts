import type { OutboxRecord } from '../platform/platform';

/** Of two copies of a record, the one that was tried; of two that were, the one with the lower `after`, which is always safe. */
export function safer(a: OutboxRecord | undefined, b: OutboxRecord): OutboxRecord {
  if (a?.after === undefined) return b;
  if (b.after === undefined) return a;
  return a.after <= b.after ? a : b;
}

/** In the order in which they were sent. */
export function byAge(a: OutboxRecord, b: OutboxRecord): number {
  return a.at - b.at || a.order - b.order;
}
