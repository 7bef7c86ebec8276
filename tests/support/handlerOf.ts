import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';

const MODERATORS =
  /^(kick|unban|mute|setRoom|addMember|removeMember|openDirect|getBans|getMembers|getQueue|resolveReports|decide)$/;

/** Gives what answers an action: each route leads to one function. */
export function handlerOf(action: string) {
  if (/Message$/.test(action)) return handleSendMessage;
  return MODERATORS.test(action) ? handleModeratorAction : handleRoomAction;
}
