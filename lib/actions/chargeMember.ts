import type { Requester } from '../auth/requester';
import { refuseByRules } from '../moderation/roomRules';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Judge } from '../ports/tokenBucketCharge';
import type { Action, ErrorFrame } from '../protocol';
import { type ErrorDetails, errorReply, judged, refusalError } from '../protocol/errorReplies';
import { createCharge, type Rate } from '../rateLimiting/tokenBucket';
import { changeRights } from './editAndDeleteRights';

/** Charges a frame of a connection that must be in the room; gives the refusal. */
export async function chargeMember(
  { connections, clock, settings }: ChatContext,
  { id }: Connection,
  message: { action: Action; room: string },
  rate: Rate,
  tokens = 1,
  judge?: Judge,
): Promise<ErrorFrame | undefined> {
  const now = clock.now();
  const charge = createCharge(rate, now, tokens);
  const charged = await connections.charge(id, message.room, charge, now + settings.leaseMs, judge);
  return charged === 'ok' ? undefined : errorReply(message, refusalError(charged));
}

/** Charges a frame of a connection that must be in the room and may write there now; gives the refusal. */
export async function chargeWriter(
  context: ChatContext,
  requester: Requester,
  message: { action: Action; room: string },
  rate: Rate,
): Promise<ErrorFrame | undefined> {
  const rights = changeRights(requester.permissions, message.room);
  return chargeMember(context, requester, message, rate, 1, async () =>
    judged(await refuseByRules(context, message, requester.user.id, rights)),
  );
}

/** Refuses a connection that has left the room since its charge: what was written after that must not reach it. */
export async function refuseFormerMember(
  { connections, clock }: ChatContext,
  { id }: Connection,
  room: string,
): Promise<ErrorDetails | undefined> {
  const isMember = await connections.isMember(id, room, clock.now());
  return isMember ? undefined : refusalError({ kind: 'notMember' });
}
