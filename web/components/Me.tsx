import type { User } from '../../lib/protocol';
import { Avatar } from './Avatar';
import { Icon } from './Icon';
import { UserTag } from './UserTag';

interface Props {
  user: User;
  /** `undefined` where the user cannot change the name here. */
  onRename: (() => void) | undefined;
  onSignOut(): void;
}

/** The user, as other users see them. */
export function Me({ user, onRename, onSignOut }: Props) {
  return (
    <div className="me">
      <Avatar user={user} />
      <bdi className="person">{user.name}</bdi>
      <UserTag user={user} />
      {onRename && (
        <button
          type="button"
          className="quiet"
          aria-label="Change name"
          title="Change name"
          onClick={onRename}
        >
          <Icon name="pencil" />
        </button>
      )}
      <button type="button" className="quiet" aria-label="Sign out" title="Sign out" onClick={onSignOut}>
        <Icon name="leave" />
      </button>
    </div>
  );
}
