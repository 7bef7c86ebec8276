import type { EntryDraft, LogContext } from './entryDraft';
import { hasExpired, isOwn, isRemoval, isUnbroken, lacksExpiry, startsAtCursor } from './entryIdentity';
import { type DuplicateSearch, findDuplicate, type SearchOptions, toDuplicate } from './findDuplicate';
import { readCompletedIdentities } from './pendingChanges';
import { kilobytesOf } from './readRange';

/** Longest range, in rows and in kilobytes: beyond it the caller decides. */
const MAX_ROWS = 10_000;
const MAX_KILOBYTES = 3_000;

/**
 * Searches every row in `(after, head]` as {@link findDuplicate} does, in a longer range: a back end without a cursor
 * cannot read the room. Returns `behind` if rows have expired, or if the range is too long.
 * @throws Unavailable when the log cannot be read.
 */
export async function findDuplicatePaged(
  context: LogContext,
  send: EntryDraft,
  pageSize: number,
  options?: SearchOptions,
): Promise<DuplicateSearch> {
  const search = await findDuplicate(context, send, options);
  if (search.kind !== 'behind') return search;

  let reached = send.after;
  let removed = false;
  let kilobytes = 0;
  while (reached - send.after < MAX_ROWS && kilobytes < MAX_KILOBYTES) {
    const asked = context.clock.now();
    const run = await readCompletedIdentities(context.log, send.room, reached, pageSize + 1);
    const above = run.filter((slot) => slot.seq > reached);
    const mine = above.find((slot) => isOwn(slot, send));
    if (mine) return toDuplicate(send, mine, run);
    if (!startsAtCursor(run, reached) || !isUnbroken(run)) return { kind: 'behind' };
    if (above.some((slot) => hasExpired(slot, asked))) return { kind: 'behind' };
    removed ||= run.some((slot) => isRemoval(slot, send));
    if (run.length <= pageSize) {
      context.recentLogs.remember(send.room, run, asked);
      const { seq: head = 0, n = 0 } = run.at(-1) ?? {};
      return { kind: 'notFound', head, n, superseded: run.filter(lacksExpiry), removed };
    }
    kilobytes += kilobytesOf(run);
    reached = run.at(-1)?.seq ?? reached;
  }
  return { kind: 'behind' };
}
