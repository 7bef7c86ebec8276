import type { User } from '../../lib/protocol';
import { hueOf, initialsOf } from '../pure/people';

/** A person's initials on the person's colour. */
export function Avatar({ user }: { user: User }) {
  return (
    <span className={`avatar hue-${hueOf(user.id)}`} aria-hidden="true">
      {initialsOf(user.name)}
    </span>
  );
}
