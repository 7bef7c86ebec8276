import type { User } from '../../lib/protocol';
import { isGuest } from '../pure/people';

/** Marks a guest, whose name proves nothing. Shown where other users sign in (`.mixed`). */
export function GuestMark({ user }: { user: User }) {
  return isGuest(user.id) && <span className="tag guest-mark">guest</span>;
}
