import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import type {
  ConnectionRoomContext,
  CooldownContext,
  DecisionContext,
  DeliveryContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  PublishContext,
  ReactionContext,
  ReportContext,
  SendQuotaContext,
  UnreadContext,
  UserContext,
} from '../ports/contexts';
import type { ClientMessage, ErrorFrame, Reply } from '../protocol';
import { errorReply } from '../protocol/errorReplies';
import { addMember } from './addMember';
import { decide } from './decide';
import { draft } from './draft';
import { follow } from './follow';
import { getBans } from './getBans';
import { getDraft } from './getDraft';
import { getHistory } from './getHistory';
import { getMembers } from './getMembers';
import { getQueue } from './getQueue';
import { getReactions } from './getReactions';
import { getRooms } from './getRooms';
import { handleFrame, isPublication } from './handleFrame';
import { joinRoom } from './joinRoom';
import { kick } from './kick';
import { leaveRoom } from './leaveRoom';
import { mute } from './mute';
import { openDirect } from './openDirect';
import { ping } from './ping';
import { react } from './react';
import { read } from './read';
import { removeMember } from './removeMember';
import { report } from './report';
import { resolveReports } from './resolveReports';
import { sendMessage } from './sendMessage';
import { setRoom } from './setRoom';
import { signal } from './signal';
import { typing } from './typing';
import { unban } from './unban';
import { unfollow } from './unfollow';

/**
 * Answers a frame that publishes: `sendMessage`, `editMessage` or `deleteMessage`. Never throws for what a client or the
 * database did.
 */
export function handleSendMessage(
  context: PublishContext & SendQuotaContext & CooldownContext,
  sender: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, sender, frame, async (message) => {
    return isPublication(message) ? sendMessage(context, sender, message) : misrouted(message);
  });
}

/** Answers a frame on any other route. Never throws for what a client or the database did. */
export function handleRoomAction(
  context: DeliveryContext &
    ConnectionRoomContext &
    UserContext &
    ReactionContext &
    SendQuotaContext &
    DraftContext &
    FollowContext &
    UnreadContext &
    ListedMemberContext &
    ReportContext,
  requester: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, requester, frame, async (message) => {
    switch (message.action) {
      case 'joinRoom':
        return joinRoom(context, requester, message);
      case 'leaveRoom':
        return leaveRoom(context, requester, message);
      case 'getHistory':
        return getHistory(context, requester, message);
      case 'react':
        return react(context, requester, message);
      case 'getReactions':
        return getReactions(context, requester, message);
      case 'typing':
        return typing(context, requester, message);
      case 'signal':
        return signal(context, requester, message);
      case 'draft':
        return draft(context, requester, message);
      case 'getDraft':
        return getDraft(context, requester, message);
      case 'ping':
        return ping(context, requester, message);
      case 'follow':
        return follow(context, requester, message);
      case 'unfollow':
        return unfollow(context, requester, message);
      case 'getRooms':
        return getRooms(context, requester, message);
      case 'read':
        return read(context, requester, message);
      case 'report':
        return report(context, requester, message);
      case 'sendMessage':
      case 'editMessage':
      case 'deleteMessage':
      case 'kick':
      case 'unban':
      case 'mute':
      case 'setRoom':
      case 'addMember':
      case 'removeMember':
      case 'openDirect':
      case 'getBans':
      case 'getMembers':
      case 'getQueue':
      case 'resolveReports':
      case 'decide':
        return misrouted(message);
      default:
        return message satisfies never;
    }
  });
}

/** Answers a moderator's frame, or that of a user who leaves a room's list or opens a direct room. Never throws for what a client or the database did. */
export function handleModeratorAction(
  context: ModerationContext & FollowContext & ReportContext & PublishContext & DecisionContext,
  requester: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, requester, frame, async (message) => {
    switch (message.action) {
      case 'kick':
        return kick(context, requester, message);
      case 'unban':
        return unban(context, requester, message);
      case 'mute':
        return mute(context, requester, message);
      case 'setRoom':
        return setRoom(context, requester, message);
      case 'addMember':
        return addMember(context, requester, message);
      case 'removeMember':
        return removeMember(context, requester, message);
      case 'openDirect':
        return openDirect(context, requester, message);
      case 'getBans':
        return getBans(context, requester, message);
      case 'getMembers':
        return getMembers(context, requester, message);
      case 'getQueue':
        return getQueue(context, requester, message);
      case 'resolveReports':
        return resolveReports(context, requester, message);
      case 'decide':
        return decide(context, requester, message);
      default:
        return misrouted(message);
    }
  });
}

// API Gateway chooses the route by its own reading of the frame: where it differs from ours, ours counts.
function misrouted(message: ClientMessage): ErrorFrame {
  return errorReply(message, {
    code: 'unknownAction',
    message: 'The frame reached the wrong route: send "action" once.',
  });
}
