import type { ConnectionContext } from '../ports/contexts';
import type { ChargeResult, Judge } from '../ports/tokenBucketCharge';
import type { User } from '../protocol';
import { createCharge, type Rate } from './tokenBucket';

/** Joins and leaves of a user: all rooms of several connections at once. */
export const JOINS: Rate = { bucket: 'joins', burst: 300, perSecond: 2 };
/** Announcements of a user's joins and leaves: at most ten in ten seconds reach a member. */
export const ANNOUNCEMENTS: Rate = { bucket: 'announcements', burst: 5, perSecond: 0.5 };

type QuotaContext = Pick<ConnectionContext, 'sendQuotas' | 'clock'>;

/** Charges a join or a leave to its user, unless it is judged otherwise. */
export function chargeJoin(
  { sendQuotas, clock }: QuotaContext,
  user: User,
  judge: Judge,
): Promise<ChargeResult> {
  return sendQuotas.charge(user.id, createCharge(JOINS, clock.now()), judge);
}

/** Charges an announcement to the user that it is about; tells whether it may be sent. */
export async function mayAnnounce({ sendQuotas, clock }: QuotaContext, user: User): Promise<boolean> {
  const charge = createCharge(ANNOUNCEMENTS, clock.now());
  return (await sendQuotas.charge(user.id, charge)) === 'ok';
}
