import type { Requester } from '../auth/requester';
import type { ChatContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { TYPING } from '../rateLimiting/tokenBucket';
import { tellOthers } from './tellOthers';

/** Tells a small room that a user is typing. Nothing is stored. */
export function typing(
  context: ChatContext,
  requester: Requester,
  message: MessageOf<'typing'>,
): Promise<Reply> {
  const push = { type: 'typing', room: message.room, from: requester.user } as const;
  return tellOthers(context, requester, message, TYPING, push);
}
