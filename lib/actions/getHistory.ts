import { readAround, readAt } from '../log/findPlace';
import { type Budget, budgetFor, type Reader, readAfter, readBefore } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ReactionContext } from '../ports/contexts';
import { type History, LIMITS, type Reply } from '../protocol';
import { errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { SYNCS } from '../rateLimiting/tokenBucket';
import { addOwnReactions } from '../reactions/addOwnReactions';
import { chargeMember, refuseFormerMember } from './chargeMember';

/** A search by time reads up to twenty rows before the page. */
const SEARCH_TOKENS = 4;

/** Reads a page of a room's log, for a connection that is in the room. */
export async function getHistory(
  context: ChatContext & ReactionContext,
  requester: Connection,
  message: MessageOf<'getHistory'>,
): Promise<Reply> {
  const { room, after, at, limit = LIMITS.pageEntries } = message;
  const tokens = at === undefined ? 1 : SEARCH_TOKENS;
  const refused = await chargeMember(context, requester, message, SYNCS, tokens);
  if (refused) return refused;
  const reader = { ...context, dress: addOwnReactions(context, room, requester.user) };
  const page = await readPlace(reader, message, budgetFor(limit));
  const former = await refuseFormerMember(context, requester, room);
  if (former) return errorReply(message, former);
  if (after !== undefined) context.metrics.increment('Syncs');
  return { type: 'history', room, log: context.settings.logId, ...page };
}

function readPlace(
  reader: Reader,
  { room, before, after, around, at }: MessageOf<'getHistory'>,
  budget: Budget,
): Promise<Omit<History, 'type' | 'room' | 'log'>> {
  if (around !== undefined) return readAround(reader, room, around, budget);
  if (at !== undefined) return readAt(reader, room, at, budget);
  return after === undefined
    ? readBefore(reader, room, before, budget)
    : readAfter(reader, room, after, budget);
}
