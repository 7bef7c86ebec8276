import type { User } from '../../lib/protocol';
import { Avatar } from './Avatar';
import { UserId } from './UserId';
import { UserTag } from './UserTag';

export interface PeopleListProps {
  members: readonly User[];
  memberCount: number;
  me: string | undefined;
  /** Opens the moderator's view; missing for users without the right. */
  onModerate: (() => void) | undefined;
  /** Opens the direct room with a user; missing where that is the open room. */
  onMessage: ((user: User) => void) | undefined;
}

/** The room's members: the user first, then by name. */
export function PeopleList({ members, memberCount, me, onModerate, onMessage }: PeopleListProps) {
  const sorted = [...members].sort(
    (a, b) => Number(b.id === me) - Number(a.id === me) || a.name.localeCompare(b.name),
  );
  const unlisted = memberCount - members.length;
  return (
    <>
      <h2 className="panel-title">
        Here now <span className="count">{memberCount.toLocaleString()}</span>
      </h2>
      {onModerate && (
        <button type="button" className="soft moderate" onClick={onModerate}>
          Moderate
        </button>
      )}
      <ul className="people">
        {sorted.map((user) => (
          <li key={user.id}>
            <Avatar user={user} />
            <div className="person-lines">
              <bdi className="person">{user.name}</bdi>
              <UserId id={user.id} />
            </div>
            <UserTag user={user} />
            {user.id === me ? (
              <span className="tag">you</span>
            ) : (
              onMessage && (
                <button type="button" className="link" onClick={() => onMessage(user)}>
                  Message<span className="hidden"> {user.name}</span>
                </button>
              )
            )}
          </li>
        ))}
      </ul>
      {unlisted > 0 && (
        <p className="muted">
          {members.length > 0 ? `and ${unlisted.toLocaleString()} more` : 'Large rooms show no names.'}
        </p>
      )}
    </>
  );
}
