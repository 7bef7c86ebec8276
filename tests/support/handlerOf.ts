import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';

/** Gives what answers an action: each route leads to one function. */
export function handlerOf(action: string) {
  if (/Message$/.test(action)) return handleSendMessage;
  const isModerators = /^(kick|unban|mute|setRoom|addMember|removeMember|getBans|getMembers)$/.test(action);
  return isModerators ? handleModeratorAction : handleRoomAction;
}
