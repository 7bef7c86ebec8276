import { type FormEvent, useCallback, useState } from 'react';
import type { Chat } from '../../client';
import { ROOM_RULE } from '../../lib/protocol';
import { goToRoom } from '../hooks/useHash';
import { roomAsTyped } from '../pure/hashLinks';
import { Icon } from './Icon';
import { NewPrivateRoom } from './NewPrivateRoom';

export interface AddRoomProps {
  chat: Chat;
  /** The user moderates a room, and may make one private. */
  mayCreate: boolean;
  onAdded(): void;
}

/** Opens a room by name. The server creates a room on first use. */
export function AddRoom({ chat, mayCreate, onAdded }: AddRoomProps) {
  const [isCreating, setCreating] = useState(false);
  const endCreation = useCallback(() => setCreating(false), []);
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
    <>
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
      {mayCreate && (
        <button type="button" className="quiet" onClick={() => setCreating(true)}>
          New private room
        </button>
      )}
      {isCreating && <NewPrivateRoom chat={chat} onCreated={onAdded} onClose={endCreation} />}
    </>
  );
}
