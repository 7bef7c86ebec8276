import type { Chat } from '../../client/index';
import { openDirect } from '../../client/rooms';
import { findUser, usersIn } from './moderation';
import type { OpenRoom } from './openRooms';

/** Opens the room of the user and another one of a room. Gives its name. @throws Error for a name that means no user or several. */
export async function directRoomWith(
  chat: Chat,
  { room, presence }: OpenRoom,
  wanted: string,
): Promise<string> {
  return openDirect(chat, findUser(usersIn(room, presence), wanted).id);
}
