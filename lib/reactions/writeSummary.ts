import { randomBytes } from 'node:crypto';
import { appendOwnEntry, type OwnEntryContext } from '../log/appendOwnEntry';
import { completeChange, serveEntries, withoutWords } from '../log/pendingChanges';
import { SERVER } from '../log/serverUser';
import type { Reaction } from '../ports/logStore';
import type { ReactionStore } from '../ports/reactionStore';
import { LIMITS, type ReactedEntry } from '../protocol';
import { summarise } from './summarise';

/** Users that an entry lists of each name. */
const USERS_PER_NAME = 5;
/** The size of an entry's lists of users: a page of 100 messages with reactions is read for every reader. */
const USERS_BYTES = 2048;

/** Sets that are read at most: a user who was admitted beside the last place still counts. */
const MAX_SETS = 2 * LIMITS.reactorsPerMessage;

/** What the server counts reactions with. */
export type SummaryContext = OwnEntryContext & { reactions: ReactionStore };

/**
 * Writes how the reactions to a message stand into the log, after a claim that gave `k`. The sets are read after the
 * claim, so the entry holds every change up to `k`. Gives the entry as it may be told. @throws Unavailable
 */
export async function writeSummary(
  context: SummaryContext,
  room: string,
  of: number,
  k: number,
): Promise<ReactedEntry> {
  const { log, reactions, clock } = context;
  const sets = await reactions.readSets(room, of, MAX_SETS);
  const summary = summarise(sets, { usersPerName: USERS_PER_NAME, bytes: USERS_BYTES });
  const id = randomBytes(12).toString('base64url');
  const entry = await appendOwnEntry<Reaction>(context, {
    room,
    id,
    from: SERVER,
    toEntry: (seq, at) => ({ type: 'reacted', seq, id, of, at, k, ...summary }),
  });
  const isApplied = await completeChange(log, room, entry);
  await reactions.finish(room, of, k, sets.filter(({ on }) => on.length > 0).length);
  const { id: _, ...told } = entry;
  if (isApplied) return told;
  const [served] = await serveEntries(log, room, [withoutWords(entry)], clock.now());
  return served?.type === 'reacted' ? served : told;
}
