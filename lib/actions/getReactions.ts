import { readEntry } from '../log/readPage';
import type { Connection } from '../ports/connectionStore';
import type { ChatContext, ReactionContext } from '../ports/contexts';
import { type ErrorFrame, LIMITS, type ReactionList, type User } from '../protocol';
import { type ErrorDetails, errorReply } from '../protocol/errorReplies';
import type { MessageOf } from '../protocol/frames';
import { SYNCS } from '../rateLimiting/tokenBucket';
import { summarise } from '../reactions/summarise';
import { chargeMember, refuseFormerMember } from './chargeMember';
import { GONE } from './editAndDeleteRights';

/** Sets that are read for the lists; a row is a few hundred bytes, and the read costs this many tokens. */
const MAX_SETS = 1_000;
export const LIST_TOKENS = 4;

/** Users listed of each name. */
const USERS_PER_NAME = 100;
/** The counts, the reader's own names and the rest of the frame have room beside the lists. */
const USERS_BYTES = LIMITS.serverFrameBytes - 8 * 1024;

/** Lists who reacted to a message, for a connection that is in the room, and charges it. */
export async function getReactions(
  context: ChatContext & ReactionContext,
  requester: Connection,
  message: MessageOf<'getReactions'>,
): Promise<ReactionList | ErrorFrame> {
  const refused = await chargeMember(context, requester, message, SYNCS, LIST_TOKENS);
  if (refused) return refused;
  return listReactions(context, requester.user, message, () =>
    refuseFormerMember(context, requester, message.room),
  );
}

/**
 * Lists who reacted to a message, and the names of the reader's own reactions. The counts are those of the latest
 * entry. `refuse` tells, after the reads, why the reader may no longer have the list.
 */
export async function listReactions(
  context: Pick<ChatContext, 'log' | 'clock'> & ReactionContext,
  reader: User,
  message: MessageOf<'getReactions'>,
  refuse?: () => Promise<ErrorDetails | undefined>,
): Promise<ReactionList | ErrorFrame> {
  const { reactions } = context;
  const { room, of } = message;
  const entry = await readEntry(context, room, of);
  if (entry?.type !== 'message') return errorReply(message, GONE);
  const { k = 0, counts = {} } = entry.reactions ?? {};
  const sets = entry.reactions ? await reactions.readSets(room, of, MAX_SETS) : [];
  const own = entry.reactions && (await reactions.readOwn(room, [of], reader.id)).get(of);
  const refused = await refuse?.();
  if (refused) return errorReply(message, refused);
  const { users } = summarise(sets, { usersPerName: USERS_PER_NAME, bytes: USERS_BYTES });
  return { type: 'reactions', room, of, k, counts, users, mine: own?.mine ?? [] };
}
