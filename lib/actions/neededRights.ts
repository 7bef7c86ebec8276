import { hasPermission, type Right } from '../auth/permissions';
import type { Action } from '../protocol';

/** The rights of which a token has to have one for a frame. The answer is the same whether the room exists or not. */
const NEEDED: Partial<Record<Action, readonly Right[]>> = {
  sendMessage: ['write'],
  editMessage: ['write'],
  deleteMessage: ['write', 'moderate'],
  react: ['write'],
  getReactions: ['read'],
  joinRoom: ['read'],
  getHistory: ['read'],
  typing: ['write'],
  signal: ['write'],
  draft: ['write'],
  getDraft: ['read'],
  kick: ['moderate'],
  unban: ['moderate'],
  mute: ['moderate'],
  setRoom: ['moderate'],
  addMember: ['moderate'],
  getBans: ['moderate'],
  getMembers: ['moderate'],
  report: ['read'],
  getQueue: ['moderate'],
  resolveReports: ['moderate'],
  decide: ['moderate'],
  follow: ['read'],
  read: ['read'],
};

/** Tells whether a token's permissions allow an action in a room. */
export function isAllowed(permissions: string, action: Action, room: string): boolean {
  const rights = NEEDED[action];
  return !rights || rights.some((right) => hasPermission(permissions, right, room));
}
