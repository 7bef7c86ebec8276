import { useId, useMemo, useState } from 'react';
import type { User } from '../../lib/protocol';
import { idsFor } from '../pure/people';

/** As many users are offered at most. */
const MAX_OPTIONS = 100;

interface Props {
  /** Users who may be meant by their names. */
  users: readonly User[];
  isBusy: boolean;
  onAdd(user: string): void;
  onRemove(user: string): void;
}

/** Adds users to a private room and removes them, by name or id. */
export function MemberForm({ users, isBusy, onAdd, onRemove }: Props) {
  const [typed, setTyped] = useState('');
  const [isUnclear, setUnclear] = useState(false);
  const id = useId();
  const options = useMemo(
    () => [...new Map(users.map((user) => [user.id, user])).values()].slice(-MAX_OPTIONS),
    [users],
  );
  const run = (act: (user: string) => void) => {
    const [user, ...others] = idsFor(typed, users);
    setUnclear(others.length > 0);
    if (!user || others.length > 0) return;
    act(user);
    setTyped('');
  };
  return (
    <form
      className="remove-form"
      onSubmit={(event) => {
        event.preventDefault();
        run(onAdd);
      }}
    >
      <label htmlFor={id}>Name or id of a user for this private room</label>
      <input
        id={id}
        value={typed}
        required
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        list={`${id}-users`}
        aria-invalid={isUnclear}
        aria-describedby={isUnclear ? `${id}-unclear` : undefined}
        onChange={({ target }) => {
          setTyped(target.value);
          setUnclear(false);
        }}
      />
      <datalist id={`${id}-users`}>
        {options.map((user) => (
          <option key={user.id} value={user.id}>
            {user.name}
          </option>
        ))}
      </datalist>
      <button type="submit" className="primary" disabled={isBusy}>
        Add
      </button>
      <button type="button" disabled={isBusy || typed.trim() === ''} onClick={() => run(onRemove)}>
        Remove from the room
      </button>
      {isUnclear && (
        <p className="wrong" id={`${id}-unclear`} role="alert">
          Several users have this name. Give the id of the one you mean.
        </p>
      )}
    </form>
  );
}
