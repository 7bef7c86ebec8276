import type { ReviewContext } from '../ports/contexts';
import type { HeldMessage } from '../ports/heldStore';
import type { Verdict } from '../ports/verdictStore';
import { HELD_PER_USER } from '../protocol';

/** A moderator has this long to decide, in milliseconds: less for files, which go when no message takes them. */
const HELD_TTL_MS = 7 * 24 * 3_600_000;
const WITH_FILES_TTL_MS = 24 * 3_600_000;

/**
 * Keeps a message aside for the moderators of its room, and then the verdict. Gives the verdict that holds: another one
 * may have been kept first. Without a place for the message no verdict is kept.
 */
export async function holdMessage(
  { clock, metrics }: ReviewContext,
  { held, verdicts }: NonNullable<ReviewContext['review']>,
  subject: string,
  message: Omit<HeldMessage, 'at'>,
): Promise<Verdict | 'tooMany'> {
  const at = clock.now();
  const until = at + (message.request.files ? WITH_FILES_TTL_MS : HELD_TTL_MS);
  const added = await held.add(subject, { ...message, at }, { perUser: HELD_PER_USER, until });
  if (added === 'tooMany') return 'tooMany';
  const holding = await verdicts.keepFirst(subject, { verdict: 'hold' }, until);
  if (holding.verdict === 'hold') metrics.increment('HeldMessages');
  else await held.withdraw(subject, message.request);
  return holding;
}
