import type { Requester } from '../auth/requester';
import type { ModerationContext } from '../moderation/recordRemoval';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** As many of the longest ids and names fit into a frame. */
const PAGE_BANS = 25;

/** Lists the bans of a room for a moderator. */
export async function getBans(
  context: ModerationContext,
  requester: Requester,
  message: MessageOf<'getBans'>,
): Promise<Reply> {
  const { room, from } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  const page = await context.roomBans.readPage(room, from, PAGE_BANS, context.clock.now());
  return { type: 'bans', room, ...page };
}
