import type { Requester } from '../auth/requester';
import type { Draft } from '../delivery/entryDrafts';
import type { ModerationContext } from '../moderation/recordRemoval';
import type {
  ChatContext,
  CooldownContext,
  DraftContext,
  FollowContext,
  OwnReactionContext,
  PublishContext,
  SendQuotaContext,
  UserContext,
} from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Action, ClientMessage, ErrorFrame, Reply } from '../protocol';
import { errorReply, FORBIDDEN, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { parseClientFrame } from '../protocol/parseClientFrame';
import { enforceOnReply, rejectFlood } from '../rateLimiting/floodPolicy';
import type { LogFields } from '../telemetry/invocationMetrics';
import { draft } from './draft';
import { follow } from './follow';
import { getBans } from './getBans';
import { getDraft } from './getDraft';
import { getHistory } from './getHistory';
import { getMembers } from './getMembers';
import { getReactions } from './getReactions';
import { getRooms } from './getRooms';
import { joinRoom } from './joinRoom';
import { kick } from './kick';
import { leaveRoom } from './leaveRoom';
import { isAllowed } from './neededRights';
import { ping } from './ping';
import { react } from './react';
import { sendMessage } from './sendMessage';
import { signal } from './signal';
import { typing } from './typing';
import { unban } from './unban';
import { unfollow } from './unfollow';

/**
 * Answers a frame that changes a room's log: `sendMessage`, `editMessage`, `deleteMessage` or `react`. Never throws for
 * what a client or the database did.
 */
export function handleSendMessage(
  context: PublishContext & SendQuotaContext & CooldownContext,
  sender: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, sender, frame, async (message) => {
    if (isPublication(message)) return sendMessage(context, sender, message);
    return message.action === 'react' ? react(context, sender, message) : misrouted(message);
  });
}

function isPublication(message: ClientMessage): message is MessageOf<Draft['action']> {
  return (
    message.action === 'sendMessage' || message.action === 'editMessage' || message.action === 'deleteMessage'
  );
}

/** Answers a frame on any other route. Never throws for what a client or the database did. */
export function handleRoomAction(
  context: ChatContext & UserContext & OwnReactionContext & DraftContext & FollowContext,
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
      case 'sendMessage':
      case 'editMessage':
      case 'deleteMessage':
      case 'react':
      case 'kick':
      case 'unban':
      case 'getBans':
      case 'getMembers':
        return misrouted(message);
      default:
        return message satisfies never;
    }
  });
}

/** Answers a moderator's frame. Never throws for what a client or the database did. */
export function handleModeratorAction(
  context: ModerationContext,
  requester: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, requester, frame, async (message) => {
    switch (message.action) {
      case 'kick':
        return kick(context, requester, message);
      case 'unban':
        return unban(context, requester, message);
      case 'getBans':
        return getBans(context, requester, message);
      case 'getMembers':
        return getMembers(context, requester, message);
      default:
        return misrouted(message);
    }
  });
}

/** Answers a frame; its user pays for what this consumed. */
async function handleFrame(
  context: ChatContext & CooldownContext,
  requester: Requester,
  frame: string,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await answerFrame(context, requester, frame, act);
  } finally {
    await context.unitQuota.pay(requester.user.id);
  }
}

async function answerFrame(
  context: ChatContext & CooldownContext,
  requester: Requester,
  frame: string,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  context.metrics.annotate({ userId: requester.user.id });
  const verdict = context.floodDetector.countFrame(requester.id, context.clock.now());
  if (verdict !== 'fine') return rejectFlood(context, requester, verdict);
  const parsed = parseClientFrame(frame);
  if (!parsed.ok) return enforceOnReply(context, requester, parsed.failure);
  const { message } = parsed;
  context.metrics.annotate(subjectOf(message));
  const reply = refuse(context, requester, message) ?? (await attempt(message, act));
  return enforceOnReply(
    context,
    requester,
    message.ref === undefined ? reply : { ...reply, ref: message.ref },
  );
}

/** Far more often than anything else, and hardly ever of interest. */
const FREQUENT: readonly Action[] = ['ping', 'typing', 'signal', 'draft'];

function subjectOf(message: ClientMessage): LogFields {
  return {
    action: message.action,
    ...('room' in message && { room: message.room }),
    ...('id' in message && { messageId: message.id }),
    ...(FREQUENT.includes(message.action) && { level: 'debug' as const }),
  };
}

async function attempt(
  message: ClientMessage,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await act(message);
  } catch (error) {
    if (error instanceof Unavailable) return errorReply(message, UNAVAILABLE);
    throw error;
  }
}

function refuse(context: ChatContext, requester: Requester, message: ClientMessage): ErrorFrame | undefined {
  if (requester.expiresAt <= context.clock.now()) return expired(message);
  if ('room' in message && !isAllowed(requester.permissions, message.action, message.room))
    return errorReply(message, FORBIDDEN);
  // A publication that repeats what this container remembers is acknowledged even now, without a read.
  const retryAfterMs = isPublication(message) ? 0 : context.unitQuota.debtMs(requester.user.id);
  return retryAfterMs > 0
    ? errorReply(message, refusalError({ kind: 'rateLimited', retryAfterMs }))
    : undefined;
}

function expired(message: ClientMessage): ErrorFrame {
  return errorReply(message, {
    code: 'expired',
    message: 'The token of this connection has expired: connect again with a new one.',
  });
}

// API Gateway chooses the route by its own reading of the frame: where it differs from ours, ours counts.
function misrouted(message: ClientMessage): ErrorFrame {
  return errorReply(message, {
    code: 'unknownAction',
    message: 'The frame reached the wrong route: send "action" once.',
  });
}
