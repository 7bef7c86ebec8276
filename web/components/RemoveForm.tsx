import { useEffect, useId, useRef, useState } from 'react';
import type { User } from '../../lib/protocol';
import { DURATIONS } from '../pure/durations';

interface Props {
  user: User;
  isBusy: boolean;
  onRemove(forMs: number): void;
  onMute(forMs: number): void;
  onCancel(): void;
}

/** Asks for how long a user is to be kept out or muted. */
export function RemoveForm({ user, isBusy, onRemove, onMute, onCancel }: Props) {
  const [forMs, setForMs] = useState<number>(DURATIONS[0].ms);
  const id = useId();
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => select.current?.focus(), []);
  return (
    <form
      className="remove-form"
      onSubmit={(event) => {
        event.preventDefault();
        onRemove(forMs);
      }}
    >
      <label htmlFor={id}>
        Keep <bdi>{user.name}</bdi> out for
      </label>
      <select id={id} ref={select} value={forMs} onChange={({ target }) => setForMs(Number(target.value))}>
        {DURATIONS.map(({ label, ms }) => (
          <option key={ms} value={ms}>
            {label}
          </option>
        ))}
      </select>
      <button type="submit" className="primary" disabled={isBusy}>
        Remove
      </button>
      <button type="button" disabled={isBusy} onClick={() => onMute(forMs)}>
        Mute instead
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}
