import type { User } from '../../lib/protocol';
import { Avatar } from './Avatar';
import { UserTag } from './UserTag';

interface Props {
  id: string;
  options: readonly User[];
  chosen: number;
  onChoose(user: User): void;
}

/** The users whom the mention that is being typed may mean. */
export function MentionList({ id, options, chosen, onChoose }: Props) {
  return (
    <div className="mention-list" id={id} role="listbox" aria-label="Users to mention">
      {options.map((user, at) => (
        <button
          key={user.id}
          id={`${id}-${at}`}
          type="button"
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // The box keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(user)}
        >
          <Avatar user={user} />
          <bdi>{user.name}</bdi>
          <UserTag user={user} />
        </button>
      ))}
    </div>
  );
}
