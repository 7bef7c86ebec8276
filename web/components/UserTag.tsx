import { isGuest, type User } from '../../lib/protocol';

/**
 * Shows the role of a user, or marks a guest, whose name proves nothing. The mark is shown where other users sign in
 * (`.mixed`).
 */
export function UserTag({ user }: { user: User }) {
  const { role = isGuest(user) && 'guest' } = user;
  return role && <span className={user.role ? 'tag' : 'tag guest-mark'}>{role}</span>;
}
