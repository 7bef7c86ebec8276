import type { Requester } from '../auth/requester';
import type { ChatContext } from '../ports/contexts';
import type { Reply, Signal } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { SIGNALS } from '../rateLimiting/tokenBucket';
import { tellOthers } from './tellOthers';

/** Passes what an app says to the others in a small room. Nothing is stored. */
export function signal(
  context: ChatContext,
  requester: Requester,
  message: MessageOf<'signal'>,
): Promise<Reply> {
  const { room, name, data } = message;
  const push: Signal = { type: 'signal', room, name, ...(data && { data }), from: requester.user };
  return tellOthers(context, requester, message, SIGNALS, push);
}
