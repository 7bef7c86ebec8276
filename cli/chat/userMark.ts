import { isGuest, type User } from '../../lib/protocol';
import { printable } from '../terminal/terminalText';

/** Gives what to put behind a user's name: what the user is. */
export type UserMark = (user: User) => string;

/**
 * Tells a user's role, and marks guests, whose names prove nothing, once a user who is no guest was seen: before, all
 * users are guests. No name has such brackets ({@link printableName}).
 */
export function createUserMark(me: () => User | undefined): UserMark {
  let hasOthers = false;
  return (user) => {
    const self = me();
    hasOthers ||= !isGuest(user) || (self !== undefined && !isGuest(self));
    if (user.role !== undefined) return ` [${printable(user.role)}]`;
    return hasOthers && isGuest(user) ? ' (guest)' : '';
  };
}
