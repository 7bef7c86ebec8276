import { useId, useState } from 'react';
import type { User } from '../../lib/protocol';
import { idsFor } from '../pure/people';

/** As many users are offered at most. */
const MAX_OPTIONS = 100;

interface Props {
  /** Users who may be meant by their names, each once. */
  users: readonly User[];
  isBusy: boolean;
  /** Tells whether it was done. */
  onAdd(user: string): Promise<boolean>;
  /** Tells whether it was done. */
  onRemove(user: string): Promise<boolean>;
}

/** Adds users to a private room and removes them, by name or id. */
export function MemberForm({ users, isBusy, onAdd, onRemove }: Props) {
  const [typed, setTyped] = useState('');
  const [isUnclear, setUnclear] = useState(false);
  const id = useId();
  const run = async (act: Props['onAdd']) => {
    const [user, ...others] = idsFor(typed, users);
    setUnclear(others.length > 0);
    if (!user || others.length > 0) return;
    // What was typed since then stays.
    if (await act(user)) setTyped((now) => (now === typed ? '' : now));
  };
  return (
    <form
      className="remove-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run(onAdd);
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
        {users.slice(-MAX_OPTIONS).map((user) => (
          <option key={user.id} value={user.id}>
            {user.name}
          </option>
        ))}
      </datalist>
      <button type="submit" className="primary" disabled={isBusy}>
        Add
      </button>
      <button type="button" disabled={isBusy || typed.trim() === ''} onClick={() => void run(onRemove)}>
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
