import { reactionExpiry } from '../log/expiry';
import type { Clock } from '../ports/clock';
import type { ErasureStore } from '../ports/erasureStore';
import type { ReactionErasureStore, ReactionStore } from '../ports/reactionStore';
import { intervalOf } from './schedule';
import { type SummaryContext, writeSummary } from './writeSummary';

/** What erasures of reactions need besides. */
export type ReactionErasureContext = SummaryContext & {
  reactions: ReactionStore & ReactionErasureStore;
  erasures: Pick<ErasureStore, 'eraseSummary'>;
};

/** Rows that one call of the store removes. */
const PAGE = 200;

/**
 * Takes a user from the reactions to a message; an expired one loses what it tells of all its reactions. The user's row
 * goes last, so that a repeat after a crash finds it, and only if no toggle that was under way has filled it again. The
 * claim waits for nobody: two writers at a time only write an entry more. @throws Unavailable
 */
export async function eraseReactions(
  context: ReactionErasureContext,
  room: string,
  of: number,
  user: string,
): Promise<void> {
  const { reactions, erasures, clock, settings } = context;
  await reactions.clearSet(room, of, user);
  const now = clock.now();
  const target = await reactions.readTarget(room, of, now);
  if (target) {
    const state = await reactions.count(room, of, now, reactionExpiry(target, now, settings));
    const k = await reactions.claim(room, of, now + intervalOf(state));
    if (k !== undefined) await writeSummary(context, room, of, k);
  } else await erasures.eraseSummary(room, of);
  await reactions.removeSet(room, of, user);
}

/** Removes the reactions to a message that is gone, until a deadline. Tells whether all are removed. */
export async function removeReactions(
  { reactions, clock }: { reactions: ReactionErasureStore; clock: Clock },
  room: string,
  of: number,
  deadline: number,
): Promise<boolean> {
  while (await reactions.removeSome(room, of, PAGE)) if (clock.now() >= deadline) return false;
  return true;
}
