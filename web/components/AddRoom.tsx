import { type FormEvent, useState } from 'react';
import { ROOM_RULE } from '../../lib/protocol';
import { goToRoom } from '../hooks/useHash';
import { roomAsTyped } from '../pure/hashLinks';
import { Icon } from './Icon';

/** Opens a room by name. The server creates a room on first use. */
export function AddRoom({ onAdded }: { onAdded(): void }) {
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const room = roomAsTyped(typed);
    setWrong(room === undefined && typed.trim() !== '');
    if (room === undefined) return;
    setTyped('');
    goToRoom(room);
    onAdded();
  };
  return (
    <form className="add-room" onSubmit={onSubmit}>
      <div className="field">
        <input
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            setWrong(false);
          }}
          aria-label="Open a room"
          aria-describedby={isWrong ? 'room-rule' : undefined}
          aria-invalid={isWrong}
          placeholder="Open a room…"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
        />
        <button type="submit" className="quiet" aria-label="Open">
          <Icon name="plus" />
        </button>
      </div>
      {isWrong && (
        <p className="wrong" id="room-rule" role="alert">
          {ROOM_RULE}
        </p>
      )}
    </form>
  );
}
