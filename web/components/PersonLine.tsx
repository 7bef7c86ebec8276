import type { ReactNode } from 'react';
import type { User } from '../../lib/protocol';
import { Avatar } from './Avatar';
import { UserId } from './UserId';
import { UserTag } from './UserTag';

interface Props {
  user: User;
  details: string;
  /** What the moderator can do about the user. */
  children: ReactNode;
}

/** A user in a list of the moderator's view. */
export function PersonLine({ user, details, children }: Props) {
  return (
    <li>
      <Avatar user={user} />
      <div className="person-lines">
        <bdi className="person">{user.name}</bdi>
        <UserId id={user.id} />
        <span className="person-details">{details}</span>
      </div>
      <UserTag user={user} />
      {children}
    </li>
  );
}
