import type { EntryIdentity } from '../ports/logStore';
import type { EntryDraft } from './entryDraft';
import { traceOf } from './erasureTrace';

/** A lying `after` must open no hole: the row it names, or the one above it, has to exist. */
export function startsAtCursor(rows: readonly EntryIdentity[], after: number): boolean {
  const first = rows[0]?.seq;
  if (first === undefined) return after === 0;
  return first === after || first === after + 1;
}

/** Whether rows follow each other without a hole. */
export function isUnbroken(rows: readonly Pick<EntryIdentity, 'seq'>[]): boolean {
  return rows.every((slot, i) => i === 0 || slot.seq === (rows[i - 1]?.seq ?? 0) + 1);
}

/** Whether a slot is the send's own, erased or not. */
export function isOwn(slot: EntryIdentity, draft: EntryDraft): boolean {
  return slot.id === draft.id && isAbout(slot, draft);
}

/** Whether a row is that of a message, deleted or erased or not. */
export function countsAsMessage({ isChange, removes }: EntryIdentity): boolean {
  return !isChange && !removes;
}

export function hasExpired(slot: EntryIdentity, now: number): boolean {
  return slot.expiresAt !== undefined && slot.expiresAt <= now;
}

export function lacksExpiry(slot: EntryIdentity): boolean {
  return slot.expiresAt === undefined;
}

/** Whether a row tells that the draft's user was put out of the room, erased or not. */
export function isRemoval(slot: EntryIdentity, draft: EntryDraft): boolean {
  return slot.removes === true && isAbout(slot, draft);
}

/** Whether a row is that of the draft's user. */
function isAbout({ id, user }: EntryIdentity, { room, from }: EntryDraft): boolean {
  return user === from.id || user === traceOf(room, id, from.id);
}
