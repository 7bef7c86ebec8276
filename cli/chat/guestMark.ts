import { isGuest, type User } from '../../lib/protocol';

/** Gives the mark to put behind a user's name. */
export type GuestMark = (user: User) => string;

/** Marks guests, whose names prove nothing, once a user who is no guest was seen: before, all users are guests. */
export function createGuestMark(me: () => User | undefined): GuestMark {
  let hasOthers = false;
  return (user) => {
    const self = me();
    hasOthers ||= !isGuest(user) || (self !== undefined && !isGuest(self));
    return hasOthers && isGuest(user) ? ' (guest)' : '';
  };
}
