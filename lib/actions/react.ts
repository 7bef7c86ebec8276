import type { Requester } from '../auth/requester';
import { reactionExpiry } from '../log/expiry';
import { refuseByRules } from '../moderation/roomRules';
import type { DeliveryContext, ReactionContext, SendQuotaContext } from '../ports/contexts';
import { type ErrorFrame, LIMITS, type ReactReply, type User } from '../protocol';
import { type ErrorDetails, errorReply, judged, refusalError } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { chargeSend } from '../rateLimiting/sendQuota';
import { deliverReactions } from '../reactions/deliverReactions';
import { refuseFormerMember } from './chargeMember';
import { changeRights, GONE } from './editAndDeleteRights';

const TOO_MANY: ErrorDetails = {
  code: 'tooMany',
  message:
    `A message takes ${LIMITS.reactionNames} names and ${LIMITS.reactorsPerMessage} users, ` +
    `and of each user ${LIMITS.reactionsPerUser} reactions: take one off, or use a name that is there.`,
};

/** Switches a reaction for a connection that is in the room, and charges it. */
export async function react(
  context: DeliveryContext & ReactionContext & SendQuotaContext,
  sender: Requester,
  message: MessageOf<'react'>,
): Promise<ReactReply | ErrorFrame> {
  const { room } = message;
  const rights = changeRights(sender.permissions, room);
  const charged = await chargeSend(context, sender, { room }, context.clock.now(), async () =>
    judged(await refuseByRules(context, message, sender.user.id, rights)),
  );
  if (charged !== 'ok') return errorReply(message, refusalError(charged));
  return switchReaction(context, sender.user, message, () => refuseFormerMember(context, sender, room));
}

/**
 * Switches a user's reaction to a message. First it writes the user's set, then it counts the change, and then it sees
 * that an entry holds the change. A repeat of the same frame goes the same way again. `findRefusal` looks once more at
 * whether the user may still react, right before the set is written: an invocation may have frozen since the charge.
 */
export async function switchReaction(
  context: DeliveryContext & ReactionContext,
  user: User,
  message: MessageOf<'react'>,
  findRefusal: () => Promise<ErrorDetails | undefined> = async () => undefined,
): Promise<ReactReply | ErrorFrame> {
  const { clock, reactions, settings } = context;
  const { action, room, of, name, on, v } = message;
  const target = await reactions.readTarget(room, of, clock.now());
  if (!target) return errorReply(message, GONE);
  const { state } = target;
  if (!state && !(await reactions.mark(room, of))) return errorReply(message, GONE);
  if (on && state && state.reactors >= LIMITS.reactorsPerMessage) return errorReply(message, TOO_MANY);
  const expiresAt = reactionExpiry(target, clock.now(), settings);
  const isNamed =
    state?.names.has(name) || (await reactions.addName(room, of, name, LIMITS.reactionNames, expiresAt));
  if (!isNamed) return errorReply(message, TOO_MANY);
  const refusal = await findRefusal();
  if (refusal) return errorReply(message, refusal);

  const toggle = { room, of, user, name, on, v };
  const toggled = await reactions.toggle(toggle, LIMITS.reactionsPerUser, expiresAt);
  if (toggled === 'tooMany') return errorReply(message, TOO_MANY);
  const counted = await reactions.count(room, of, clock.now(), expiresAt);
  context.metrics.increment('Reactions');
  await deliverReactions(context, room, of, counted);
  return { type: 'ok', action, room, of, name, k: counted.k, ...(toggled !== 'set' && toggled) };
}
