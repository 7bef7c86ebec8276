import type { BackEndContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { BackEndRequest, ErrorFrame, User } from '../protocol';
import { errorReply, FORBIDDEN, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import { cachedUserRefusal, chargeUser } from '../rateLimiting/sendQuota';

/**
 * Does what a back end asks for in a user's name: the user must not be banned from the room, and pays first. `act` can
 * ask once more whether the user is out by now. Never throws for what the database did.
 */
export function actAsUser<T>(
  context: BackEndContext & UserContext,
  user: User,
  request: BackEndRequest,
  tokens: number,
  act: (isOut: () => Promise<boolean>) => Promise<T>,
): Promise<T | ErrorFrame> {
  const { clock, users, unitQuota } = context;
  const isOut = async () => (await users.findBan(user.id, request.room, clock.now())) !== undefined;
  const answer = orUnavailable(request, async () => {
    const cached = cachedUserRefusal(context, user, clock.now());
    if (cached) return errorReply(request, refusalError(cached));
    if (await isOut()) return errorReply(request, FORBIDDEN);
    const charged = await chargeUser(context, user, tokens, clock.now());
    if (charged !== 'ok') return errorReply(request, refusalError(charged));
    return act(isOut);
  });
  return answer.finally(() => unitQuota.pay(user.id));
}

/** Does what a back end asks for, or tells that the outcome is unknown. */
export async function orUnavailable<T>(
  request: BackEndRequest,
  act: () => Promise<T>,
): Promise<T | ErrorFrame> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Unavailable) return errorReply(request, UNAVAILABLE);
    throw error;
  }
}
