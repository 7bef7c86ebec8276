import type { Requester } from '../auth/requester';
import { listDevices } from '../connections/presence';
import { activeOf } from '../ports/connectionStore';
import type { ChatContext, ConnectionRoomContext, ListedMemberContext } from '../ports/contexts';
import type { Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** As many of the longest ids and names fit into a frame. */
const PAGE_CONNECTIONS = 50;

/** Lists the users in a room with their devices for a moderator. A room of any size is listed, page by page. */
export async function getMembers(
  context: ChatContext & ConnectionRoomContext & ListedMemberContext,
  requester: Requester,
  message: MessageOf<'getMembers'>,
): Promise<Reply> {
  const { room, from } = message;
  const refused = await chargeModerator(context, requester, message);
  if (refused) return refused;
  const { members, next } = await context.members.readPage(room, from, PAGE_CONNECTIONS);
  const now = context.clock.now();
  const unexpired = members.filter(({ expiresAt }) => expiresAt > now);
  const known = await context.connections.find(unexpired.map(({ id }) => id));
  const listed = listDevices(activeOf(known, now), context.settings.leaseMs);
  return { type: 'members', room, members: listed, ...(next !== undefined && { next }) };
}
