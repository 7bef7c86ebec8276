import type { MessageView } from '../../../client/common/roomTypes';
import { namesOn, type StoredReactions } from '../reactionStore';
import type { StoredRow } from '../stores';

/** How long before its expiry a row may be missing for a reader, in milliseconds: clocks differ. */
const EXPIRY_PRECISION_MS = 3_000;

export function isExpired(row: StoredRow | undefined, now: number): boolean {
  return !row || (row.expiresAt !== undefined && row.expiresAt <= now + EXPIRY_PRECISION_MS);
}

/**
 * Compares what a client shows of a room with the table. A client that was there before an erasure may show what was
 * erased. Says what differs.
 */
export function findDifference(
  shown: readonly MessageView[],
  rows: readonly (StoredRow | undefined)[],
  now: number,
  { isLate = false } = {},
): string | undefined {
  const bySeq = new Map(shown.map((message) => [message.seq, message]));
  const first = shown[0]?.seq ?? rows.length;
  for (let seq = first; seq < rows.length; seq++) {
    const row = rows[seq];
    if (!row || isExpired(row, now) || row.entry.type !== 'message') continue;
    const message = bySeq.get(seq);
    if (row.erased && !(isLate && message)) continue;
    if (row.erased) return `${seq} was erased, and is shown as ${JSON.stringify(message)}`;
    if (!message) return `${seq} is not shown`;
    if (!isSame(message, row))
      return `${seq} is shown as ${JSON.stringify(message)}, not ${JSON.stringify(row)}`;
  }
  return undefined;
}

function isSame(message: MessageView, { entry, deleted }: StoredRow): boolean {
  if (entry.type !== 'message') return false;
  if (deleted)
    return message.text === '' && message.deleted?.seq === deleted.seq && message.deleted.by === deleted.by;
  return (
    message.deleted === undefined &&
    message.text === entry.text &&
    message.rev === entry.rev &&
    hasSameReactions(message, entry)
  );
}

/** Whether two messages have the same reactions, in the same order. */
function hasSameReactions({ reactions: a }: Reacted, { reactions: b }: Reacted): boolean {
  if ((a?.k ?? 0) !== (b?.k ?? 0)) return false;
  return !a || !b || a.k === 0 || asText(a) === asText(b);
}

type Reacted = Pick<MessageView, 'reactions'>;
type Reactions = NonNullable<Reacted['reactions']>;

/** Reactions as text. A message is compared with each entry that follows, and its reactions never change in place. */
const texts = new WeakMap<Reactions, string>();

function asText(reactions: Reactions): string {
  const text = texts.get(reactions) ?? JSON.stringify([reactions.counts, reactions.users]);
  texts.set(reactions, text);
  return text;
}

/**
 * Compares what a message's row tells of reactions with the users' sets. Says what differs. Of some users the latest
 * change may be in the set and not be counted: `isUnsure`.
 */
export function findLostReaction(
  { entry }: StoredRow,
  { sets }: StoredReactions,
  isUnsure: (user: string, name: string) => boolean,
): string | undefined {
  if (entry.type !== 'message') return undefined;
  const { counts = {}, users = {} } = entry.reactions ?? {};
  const names = new Set([...Object.keys(counts), ...[...sets.values()].flatMap(namesOn)]);
  for (const name of names) {
    const on = [...sets].filter(([, set]) => namesOn(set).includes(name)).map(([user]) => user);
    const listed = (users[name] ?? []).map(({ id }) => id);
    const wrong = [...on, ...listed].filter((user) => on.includes(user) !== listed.includes(user));
    // Of more than five users five are listed.
    if (on.length > 5 || listed.length < (counts[name] ?? 0)) continue;
    const sure = wrong.filter((user) => !isUnsure(user, name));
    if (sure.length > 0) return `${sure} at ${name}: the sets have ${on}, the message ${listed}`;
    if (listed.length !== (counts[name] ?? 0)) return `${name} counts ${counts[name]} of ${listed}`;
  }
  return undefined;
}
