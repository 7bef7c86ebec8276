import { isGuest, type User } from '../../lib/protocol';

/** Marks a guest, whose name proves nothing. Shown where other users sign in (`.mixed`). */
export function GuestMark({ user }: { user: User }) {
  return isGuest(user) && <span className="tag guest-mark">guest</span>;
}
