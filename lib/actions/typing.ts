import type { Connection } from '../ports/connectionStore';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { createCharge, TYPING } from '../rateLimiting/tokenBucket';
import { tellOthers } from './tellOthers';

/** Tells a small room that a user is typing. Nothing is stored. */
export function typing(
  context: ChatContext,
  requester: Connection,
  message: MessageOf<'typing'>,
): Promise<Reply> {
  return tellOthers(context, requester, message, {
    charge: createCharge('typing', TYPING, context.clock.now()),
    push: { type: 'typing', room: message.room, from: requester.user },
  });
}
