import type { BackEndContext, ListedMemberContext, UserContext } from '../ports/contexts';
import type { Ack, BackEndRequest, ErrorFrame, ReactionList, ReactReply, User } from '../protocol';
import { FORBIDDEN } from '../protocol/errorReplies';
import { tokensFor } from '../rateLimiting/sendQuota';
import { actAsUser, orUnavailable } from './actForBackEnd';
import type { ChangeRights } from './editAndDeleteRights';
import { LIST_TOKENS, listReactions } from './getReactions';
import { publishAsOperator, publishAsUser } from './publishForBackEnd';
import { switchReaction } from './react';

/** The reply to a back end. */
export type BackEndReply = Ack | ReactReply | ReactionList | ErrorFrame;

/** Answers a back end in a user's name, whose token allows the action. Never throws for what the database did. */
export function answerAsUser(
  context: BackEndContext & UserContext & ListedMemberContext,
  user: User,
  request: BackEndRequest,
  rights: ChangeRights,
): Promise<BackEndReply> {
  switch (request.action) {
    case 'react':
      return actAsUser(context, user, request, tokensFor({}), rights, (isOut) =>
        switchReaction(context, user, request, refuseIf(isOut)),
      );
    case 'getReactions':
      return actAsUser(context, user, request, LIST_TOKENS, rights, (isOut) =>
        listReactions(context, user, request, refuseIf(isOut)),
      );
    default:
      return publishAsUser(context, user, request, rights);
  }
}

function refuseIf(isOut: () => Promise<boolean>) {
  return async () => ((await isOut()) ? FORBIDDEN : undefined);
}

/** Answers an operator in any user's name, without rate limits (IAM only). Never throws for what the database did. */
export function answerAsOperator(
  context: BackEndContext,
  user: User,
  request: BackEndRequest,
): Promise<BackEndReply> {
  switch (request.action) {
    case 'react':
      return orUnavailable(request, () => switchReaction(context, user, request));
    case 'getReactions':
      return orUnavailable(request, () => listReactions(context, user, request));
    default:
      return publishAsOperator(context, user, request);
  }
}
