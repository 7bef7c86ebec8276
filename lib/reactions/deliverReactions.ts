import { deliverEntry } from '../delivery/deliverEntry';
import type { DeliveryContext, ReactionContext } from '../ports/contexts';
import type { ReactionState } from '../ports/reactionStore';
import { intervalOf, waitOf } from './schedule';
import { writeSummary } from './writeSummary';

/**
 * Brings a counted change into an entry and delivers it: at once, or when the interval is over. Leaves it to the change
 * that waits for the same entry. @throws Unavailable
 */
export async function deliverReactions(
  context: DeliveryContext & ReactionContext,
  room: string,
  of: number,
  state: ReactionState,
): Promise<void> {
  const { clock, reactions } = context;
  const waitMs = waitOf(state, clock.now());
  if (waitMs === undefined) return;
  if (waitMs > 0) await clock.wait(waitMs);
  const k = await reactions.claim(room, of, clock.now() + intervalOf(state), { next: state.next });
  // Another writer has claimed after this change was counted: its entry holds it.
  if (k === undefined) return;
  const entry = await writeSummary(context, room, of, k);
  await deliverEntry(context, { room, seq: entry.seq }, entry);
}
