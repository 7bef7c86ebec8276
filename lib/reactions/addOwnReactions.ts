import type { ReactionContext } from '../ports/contexts';
import type { ReactionState } from '../ports/reactionStore';
import type { LogEntry, MessageEntry, Reactions, User } from '../protocol';
import { settleAll } from '../util/settleAll';
import { intervalOf, isLeft } from './schedule';
import { type SummaryContext, writeSummary } from './writeSummary';

/** Messages of a page whose entry is written by the page, because its writer ended before. */
const MAX_COMPLETED = 5;

/**
 * Gives the messages of a page the names of the reader's own reactions. A page without a message that has reactions
 * costs nothing. Changes that were left without an entry get one.
 * @throws Unavailable
 */
export function addOwnReactions(
  context: SummaryContext & ReactionContext,
  room: string,
  { id }: User,
): (entries: readonly LogEntry[]) => Promise<LogEntry[]> {
  return async (entries) => {
    const reacted = entries.filter(hasReactions);
    if (reacted.length === 0) return [...entries];
    const seqs = reacted.map(({ seq }) => seq);
    const own = await context.reactions.readOwn(room, seqs, id);
    const now = context.clock.now();
    const left = [...own]
      .flatMap(([seq, { state }]) => (state && isLeft(state, now) ? [{ seq, state }] : []))
      .slice(0, MAX_COMPLETED);
    const completed = new Map(
      await settleAll(...left.map(({ seq, state }) => complete(context, room, seq, state))),
    );
    return entries.map((entry) => {
      if (!hasReactions(entry)) return entry;
      const { mine = [] } = own.get(entry.seq) ?? {};
      return { ...entry, reactions: { ...entry.reactions, ...completed.get(entry.seq), mine } };
    });
  };
}

type WithReactions = MessageEntry & { reactions: Reactions };

function hasReactions(entry: LogEntry): entry is WithReactions {
  return entry.type === 'message' && entry.reactions !== undefined;
}

/** Writes the entry that was left out, unless another writer does. */
async function complete(
  context: SummaryContext,
  room: string,
  of: number,
  state: ReactionState,
): Promise<[number, Reactions | undefined]> {
  const next = context.clock.now() + intervalOf(state);
  const claimed = await context.reactions.claim(room, of, next, { next: state.next });
  if (claimed === undefined) return [of, undefined];
  const { seq, k, counts, users } = await writeSummary(context, room, of, claimed);
  return [of, { seq, k, counts, users }];
}
