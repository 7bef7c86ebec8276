import { announce, idsOf, readPresence } from '../connections/presence';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import { errorReply, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { createCharge, TYPING } from '../rateLimiting/tokenBucket';

/** Tells a small room that a user is typing. Nothing is stored. */
export async function typing(
  context: ChatContext,
  requester: Connection,
  message: MessageOf<'typing'>,
): Promise<Reply> {
  const { room, action } = message;
  const now = context.clock.now();
  const charge = createCharge('typing', TYPING, now);
  const charged = await context.connections.charge(
    requester.id,
    room,
    charge,
    now + context.settings.leaseMs,
  );
  if (charged !== 'ok') return errorReply(message, refusalError(charged));
  const { active } = await readPresence(context, room);
  const others = idsOf(active).filter((id) => id !== requester.id);
  await announce(context, others, { type: 'typing', room, from: requester.user });
  return { type: 'ok', action, room };
}
