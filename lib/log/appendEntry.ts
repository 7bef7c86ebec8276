import type { EntryIdentity, NewEntry } from '../ports/logStore';
import { Unavailable } from '../ports/unavailable';
import type { EntryDraft, LogContext } from './entryDraft';
import { isOwn, isRemoval, isUnbroken, lacksExpiry } from './entryIdentity';
import { type Duplicate, type NotFound, toDuplicate } from './findDuplicate';
import { beginsPending, readCompletedIdentities } from './pendingChanges';
import { CHUNK, kilobytesOf } from './readRange';
import { SERVER } from './serverUser';

const FIRST_RETRY_MS = 20;
const MAX_RETRY_MS = 500;

/** After this many conflicts a writer waits a random time that shrinks with each further conflict. */
const CONFLICTS_BEFORE_WAIT = 2;
const MAX_CONFLICT_WAIT_MS = 40;
const CONFLICT_WAIT_FACTOR = 0.8;

/** What others wrote meanwhile is read up to this, in kilobytes, and a part. */
const MAX_KILOBYTES = 3_000;

/** Where a send ended up. */
export type AppendResult<E extends NewEntry> =
  | { kind: 'written'; entry: E; superseded: readonly EntryIdentity[] }
  | { kind: 'removed' }
  | Duplicate
  | { kind: 'behind' }
  | { kind: 'unavailable' };

/**
 * Writes a draft into the first free slot above `head`, comparing every slot that others took in between. An unknown
 * outcome is retried on the same seq: if the write was applied, the retry finds our entry.
 *
 * The wait comes before the read: after the read, another writer would take the free seq. The wait shrinks, or the
 * writers with most conflicts would continue to lose.
 *
 * If the user was removed in between, the draft is written only if `isStillAllowed` still allows it. The entry of the
 * removal follows the loss of permissions, so no entry of the user may come above it.
 */
export async function appendEntry<E extends NewEntry>(
  context: LogContext,
  send: EntryDraft<E>,
  notFound: Pick<NotFound, 'head' | 'n' | 'superseded' | 'removed'>,
  deadline: number,
  isStillAllowed: () => Promise<boolean>,
): Promise<AppendResult<E>> {
  const { log, recentLogs, clock, random } = context;
  let { head, n, removed = false } = notFound;
  const superseded = [...notFound.superseded];
  let conflicts = 0;
  let kilobytes = 0;
  for (let attempt = 0; ; attempt++) {
    if (clock.now() >= deadline) return { kind: 'unavailable' };
    try {
      if (removed && !(await isStillAllowed())) return { kind: 'removed' };
      removed = false;
      const entry = send.toEntry(head + 1, clock.now());
      const ownN = entry.type === 'message' ? n + 1 : n;
      if ((await log.put(send.room, entry, send.hash, ownN)) === 'written') {
        // A pending entry is not remembered before it is completed: from memory it would be acknowledged too early.
        if (!beginsPending(entry))
          recentLogs.remember(send.room, [identityOf(entry, send.hash, ownN)], clock.now());
        return { kind: 'written', entry, superseded };
      }
      conflicts++;
      context.metrics.increment('Conflicts');
      if (conflicts > CONFLICTS_BEFORE_WAIT)
        await clock.wait(
          random() * MAX_CONFLICT_WAIT_MS * CONFLICT_WAIT_FACTOR ** (conflicts - CONFLICTS_BEFORE_WAIT),
        );
      const conflict = head + 1;
      let part: readonly EntryIdentity[];
      do {
        if (kilobytes > MAX_KILOBYTES) return { kind: 'behind' };
        const asked = clock.now();
        part = await readCompletedIdentities(log, send.room, head + 1, CHUNK);
        const mine = part.find((slot) => isOwn(slot, send));
        if (mine) return toDuplicate(send, mine, [...superseded, ...part]);
        if (!isUnbroken([{ seq: head }, ...part]) || (part.length === 0 && head < conflict))
          return { kind: 'behind' };
        recentLogs.remember(send.room, part, asked);
        superseded.push(...part.filter(lacksExpiry));
        // A later part may fail: what was seen up to here stays.
        removed ||= part.some((slot) => isRemoval(slot, send));
        const last = part.at(-1) ?? { seq: head, n };
        head = last.seq;
        n = last.n ?? 0;
        kilobytes += kilobytesOf(part);
      } while (part.length === CHUNK);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await clock.wait(random() * Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - conflicts)));
    }
  }
}

function identityOf(entry: NewEntry, hash: string | undefined, n: number): EntryIdentity {
  const { seq, id, at } = entry;
  if (entry.type === 'system') return { seq, id, user: entry.user.id, at, n, removes: true };
  const { id: user } = entry.type === 'reacted' ? SERVER : entry.from;
  return { seq, id, user, at, n, ...(hash !== undefined && { hash }) };
}
