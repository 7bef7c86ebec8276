import type { Requester } from '../auth/requester';
import type { SendDraft } from '../delivery/entryDrafts';
import type { ChatContext, CooldownContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Action, ClientMessage, ErrorFrame, Reply } from '../protocol';
import { errorReply, FORBIDDEN, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { parseClientFrame } from '../protocol/parseClientFrame';
import { enforceOnReply, rejectFlood } from '../rateLimiting/floodPolicy';
import type { LogFields } from '../telemetry/invocationMetrics';
import { isAllowed } from './neededRights';

/**
 * Answers a frame: refuses a flood, a broken frame, an expired token, a missing right and a user in debt, or acts. The
 * user pays for what this consumed. Never throws for what a client or the database did.
 */
export async function handleFrame(
  context: ChatContext & CooldownContext,
  requester: Requester,
  frame: string,
  act: (message: ClientMessage) => Promise<Reply>,
): Promise<Reply> {
  const { metrics, floodDetector, clock, unitQuota } = context;
  try {
    metrics.annotate({ userId: requester.user.id });
    const verdict = floodDetector.countFrame(requester.id, clock.now());
    if (verdict !== 'fine') return await rejectFlood(context, requester, verdict);
    const parsed = parseClientFrame(frame);
    if (!parsed.ok) return await enforceOnReply(context, requester, parsed.failure);
    const { message } = parsed;
    metrics.annotate(subjectOf(message));
    const reply = refuse(context, requester, message) ?? (await attempt(message, act));
    const { ref } = message;
    return await enforceOnReply(context, requester, ref === undefined ? reply : { ...reply, ref });
  } finally {
    await unitQuota.pay(requester.user.id);
  }
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
  if (requester.expiresAt <= context.clock.now())
    return errorReply(message, refusalError({ kind: 'expired' }));
  if ('room' in message && !isAllowed(requester.permissions, message.action, message.room))
    return errorReply(message, FORBIDDEN);
  // A publication that repeats what this container remembers is acknowledged even now, without a read.
  const retryAfterMs = isPublication(message) ? 0 : context.unitQuota.debtMs(requester.user.id);
  return retryAfterMs > 0
    ? errorReply(message, refusalError({ kind: 'rateLimited', retryAfterMs }))
    : undefined;
}

/** Tells whether a message adds an entry of a user to the log. */
export function isPublication(message: ClientMessage): message is MessageOf<SendDraft['action']> {
  return (
    message.action === 'sendMessage' || message.action === 'editMessage' || message.action === 'deleteMessage'
  );
}
