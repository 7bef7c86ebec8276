import type { Requester } from '../auth/requester';
import type { ChatContext, CooldownContext } from '../ports/contexts';
import { Unavailable } from '../ports/unavailable';
import type { Reply } from '../protocol';
import { FLOOD } from '../protocol/errorReplies';

/** Cool-down after a flood in milliseconds, in which the user cannot connect. Other connections of the user stay. */
const COOLDOWN_MS = 60_000;

/** Returns a reply. It closes a connection that continues to send although it is refused. */
export async function enforceOnReply(
  context: ChatContext & CooldownContext,
  requester: Requester,
  reply: Reply,
): Promise<Reply> {
  const isLast =
    reply.type === 'error' &&
    context.floodDetector.countRefusal(requester.id, reply, context.clock.now()) === 'close';
  annotateReply(context, reply);
  if (isLast) await closeAndCoolDown(context, requester);
  return reply;
}

/** Turns down a frame of a flood. Only where it is to be closed is that worth a line: lines are paid for, too. */
export async function rejectFlood(
  context: ChatContext & CooldownContext,
  requester: Requester,
  verdict: 'flood' | 'close',
): Promise<Reply> {
  const reply: Reply = { type: 'error', ...FLOOD };
  if (verdict === 'flood') {
    context.metrics.annotate({ level: 'debug', outcome: 'error' });
    return reply;
  }
  annotateReply(context, reply);
  await closeAndCoolDown(context, requester);
  return reply;
}

/** Closes a connection and starts its user's cool-down, or the flood would continue on the next connection. */
async function closeAndCoolDown(context: ChatContext & CooldownContext, requester: Requester): Promise<void> {
  context.metrics.annotate({ level: 'warn' });
  try {
    // Before the close, because the client reconnects at once.
    await context.users.startCooldown(requester.user.id, context.clock.now() + COOLDOWN_MS);
  } catch (error) {
    // It is told once more if it goes on.
    if (!(error instanceof Unavailable)) throw error;
  }
  await context.poster.close(requester.id);
}

function annotateReply(context: ChatContext, reply: Reply): void {
  context.metrics.annotate({ outcome: reply.type });
  if (reply.type === 'ack') context.metrics.annotate({ seq: reply.seq });
  if (reply.type === 'error') context.metrics.annotate({ reason: reply.code });
  // A `typing` or `signal` above its rate is not logged; every other refusal is.
  if (reply.type === 'error' && reply.code !== 'rateLimited') context.metrics.annotate({ level: 'info' });
}
