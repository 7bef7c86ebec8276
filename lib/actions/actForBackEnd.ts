import { isOut, isOutsider } from '../moderation/roomAccess';
import { refuseByRules } from '../moderation/roomRules';
import { EVERYWHERE } from '../ports/banStore';
import type { BackEndContext, ListedMemberContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { BackEndRequest, ErrorFrame, User } from '../protocol';
import {
  type ErrorDetails,
  errorReply,
  FORBIDDEN,
  judged,
  refusalError,
  UNAVAILABLE,
} from '../protocol/errorReplies';
import { chargeUser } from '../rateLimiting/sendQuota';
import type { ChangeRights } from './editAndDeleteRights';

/**
 * Does what a back end asks for in a user's name. The user must not be muted in the room or banned from it, must be a
 * member of a private one, and pays first. `act` can ask once more whether the user is out by now. Never throws for what
 * the database did.
 */
export function actAsUser<T>(
  context: BackEndContext & UserContext & ListedMemberContext,
  user: User,
  request: BackEndRequest,
  tokens: number,
  rights: ChangeRights,
  act: (isOut: () => Promise<boolean>) => Promise<T>,
): Promise<T | ErrorFrame> {
  const { clock, users, unitQuota } = context;
  const { room } = request;
  const isClosed = () => isOutsider(context, user, rights.onlyAsMember === true, room);
  const isBanned = async () => (await users.findBan(user.id, [room, EVERYWHERE], clock.now())) !== undefined;
  const answer = orUnavailable(request, async () => {
    const charged = await chargeUser(context, user, tokens, clock.now(), async () => {
      // First: an outsider learns nothing of the room's rules.
      if (await isClosed()) return judged(FORBIDDEN, true);
      const refused = await refuseRequest(context, user, request, rights);
      return judged(refused ?? ((await isBanned()) ? FORBIDDEN : undefined), true);
    });
    if (charged !== 'ok') return errorReply(request, refusalError(charged));
    return act(() => isOut(context, user, rights.onlyAsMember === true, room));
  });
  return answer.finally(() => unitQuota.pay(user.id));
}

/** Refuses what the room's rules refuse: a list of reactions is read, and everything else writes. */
async function refuseRequest(
  context: BackEndContext,
  user: User,
  request: BackEndRequest,
  rights: ChangeRights,
): Promise<ErrorDetails | undefined> {
  if (request.action === 'getReactions') return undefined;
  return refuseByRules(context, request, user.id, rights);
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
