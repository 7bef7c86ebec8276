import { hasPermission, type Right } from '../auth/permissions';
import type { Requester } from '../auth/requester';
import type { ChatContext, PublishContext, SendQuotaContext, UserContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Action, ClientMessage, ErrorFrame, Reply } from '../protocol';
import { errorReply, FORBIDDEN, UNAVAILABLE } from '../protocol/errorReplies';
import { parseClientFrame } from '../protocol/parseClientFrame';
import { enforceOnReply, rejectFlood } from '../rateLimiting/floodPolicy';
import type { LogFields } from '../telemetry/invocationMetrics';
import { getHistory } from './getHistory';
import { joinRoom } from './joinRoom';
import { kick } from './kick';
import { leaveRoom } from './leaveRoom';
import { ping } from './ping';
import { sendMessage } from './sendMessage';
import { typing } from './typing';
import { unban } from './unban';

/** Answers a frame on a route of `sendMessage`, `editMessage` or `deleteMessage`. Never throws for what a client or the database did. */
export function handleSendMessage(
  context: PublishContext & SendQuotaContext & UserContext,
  sender: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, sender, frame, async (message) =>
    message.action === 'sendMessage' || message.action === 'editMessage' || message.action === 'deleteMessage'
      ? sendMessage(context, sender, message)
      : misrouted(message),
  );
}

/** Answers a frame on any other route. Never throws for what a client or the database did. */
export function handleRoomAction(
  context: ChatContext & UserContext,
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
      case 'typing':
        return typing(context, requester, message);
      case 'ping':
        return ping(context, requester, message);
      case 'sendMessage':
      case 'editMessage':
      case 'deleteMessage':
      case 'react':
      case 'getReactions':
      case 'kick':
      case 'unban':
        return misrouted(message);
      default:
        return message satisfies never;
    }
  });
}

/** Answers a moderator's frame. Never throws for what a client or the database did. */
export function handleModeratorAction(
  context: PublishContext & UserContext,
  requester: Requester,
  frame: string,
): Promise<Reply> {
  return handleFrame(context, requester, frame, async (message) => {
    switch (message.action) {
      case 'kick':
        return kick(context, requester, message);
      case 'unban':
        return unban(context, requester, message);
      default:
        return misrouted(message);
    }
  });
}

async function handleFrame(
  context: ChatContext & UserContext,
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

function subjectOf(message: ClientMessage): LogFields {
  return {
    action: message.action,
    ...('room' in message && { room: message.room }),
    ...('id' in message && { messageId: message.id }),
    // Far more often than anything else, and hardly ever of interest.
    ...((message.action === 'ping' || message.action === 'typing') && { level: 'debug' as const }),
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

/** The rights of which a token has to have one for a frame. The answer is the same whether the room exists or not. */
const NEEDED: Partial<Record<Action, readonly Right[]>> = {
  sendMessage: ['write'],
  editMessage: ['write'],
  deleteMessage: ['write', 'moderate'],
  joinRoom: ['read'],
  getHistory: ['read'],
  typing: ['write'],
  kick: ['moderate'],
  unban: ['moderate'],
};

function refuse(context: ChatContext, requester: Requester, message: ClientMessage): ErrorFrame | undefined {
  if (requester.expiresAt <= context.clock.now()) return expired(message);
  const rights = NEEDED[message.action];
  if (!rights || !('room' in message)) return undefined;
  if (rights.some((right) => hasPermission(requester.permissions, right, message.room))) return undefined;
  return errorReply(message, FORBIDDEN);
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
