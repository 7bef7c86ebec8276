import type { Requester } from '../auth/requester';
import { announce } from '../connections/announcements';
import { idsOf, readPresence } from '../connections/presence';
import type { ChatContext } from '../ports/contexts';
import type { Push, Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import type { Rate } from '../rateLimiting/tokenBucket';
import { chargeWriter } from './chargeMember';

/** Charges a member's frame, then posts a push to the other connections in a small room. Nothing is stored. */
export async function tellOthers(
  context: ChatContext,
  requester: Requester,
  message: MessageOf<'typing' | 'signal'>,
  rate: Rate,
  push: Push,
): Promise<Reply> {
  const { room, action } = message;
  const refused = await chargeWriter(context, requester, message, rate);
  if (refused) return refused;
  await postToOthers(context, requester, room, push);
  return { type: 'ok', action, room };
}

/** Posts a push to the other connections in a small room. */
export async function postToOthers(
  context: ChatContext,
  requester: Requester,
  room: string,
  push: Push,
): Promise<void> {
  const { active } = await readPresence(context, room);
  const others = idsOf(active).filter((id) => id !== requester.id);
  await announce(context, others, push);
}
