import type { Requester } from '../auth/requester';
import type { ChatContext, DraftContext } from '../ports/contexts';
import { type Draft, LIMITS, type Reply } from '../protocol';
import { type ErrorDetails, errorReply, FORBIDDEN } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { DRAFTS } from '../rateLimiting/tokenBucket';
import { chargeWriter } from './chargeMember';
import { postToOthers } from './tellOthers';

const CONFLICT: ErrorDetails = {
  code: 'conflict',
  message: 'A newer generation has begun, or a part is missing: begin a new generation at the offset 0.',
};

const TOO_LONG: ErrorDetails = {
  code: 'tooLarge',
  message: `A draft has at most ${LIMITS.textCharacters} characters.`,
};

/** Keeps a part of a text that a user is writing, then tells the others in a small room. */
export async function draft(
  context: ChatContext & DraftContext,
  requester: Requester,
  message: MessageOf<'draft'>,
): Promise<Reply> {
  const { room, of, generation, offset, text } = message;
  // Nobody has reviewed what is still being written.
  if (context.settings.reviews) return errorReply(message, FORBIDDEN);
  const characters = [...(text ?? '')].length;
  if (offset + characters > LIMITS.textCharacters) return errorReply(message, TOO_LONG);
  const refused = await chargeWriter(context, requester, message, DRAFTS);
  if (refused) return refused;

  const part = { room, of, generation, offset, from: requester.user, ...(text !== undefined && { text }) };
  if (!(await context.drafts.add(part, characters, context.clock.now())))
    return errorReply(message, CONFLICT);
  const push: Draft = { type: 'draft', ...part };
  await postToOthers(context, requester, room, push);
  return { type: 'ok', action: 'draft', room };
}
