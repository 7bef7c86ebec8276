import { useId, useState } from 'react';
import type { RoomSettings } from '../../client/moderation';
import { LIMITS, MAX_SLOW_SECONDS } from '../../lib/protocol';

interface Props {
  settings: RoomSettings;
  isBusy: boolean;
  onSave(settings: RoomSettings): void;
}

/** The settings of a room, for a moderator. */
export function RoomSettingsForm({ settings, isBusy, onSave }: Props) {
  const [title, setTitle] = useState(settings.title ?? '');
  const [slow, setSlow] = useState(String(settings.slow ?? 0));
  const [readOnly, setReadOnly] = useState(settings.readOnly ?? false);
  const [isPrivate, setPrivate] = useState(settings.private ?? false);
  const id = useId();
  return (
    <form
      className="remove-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave({
          ...{ title: title.trim(), slow: Number(slow), readOnly },
          // To be private again would put users out once more.
          ...(isPrivate !== (settings.private ?? false) && { private: isPrivate }),
        });
      }}
    >
      <label htmlFor={`${id}-title`}>Title of the room</label>
      <input
        id={`${id}-title`}
        value={title}
        maxLength={LIMITS.titleCharacters}
        onChange={({ target }) => setTitle(target.value)}
      />
      <label htmlFor={`${id}-slow`}>Seconds between two messages of a user</label>
      <input
        id={`${id}-slow`}
        type="number"
        required
        min={0}
        max={MAX_SLOW_SECONDS}
        value={slow}
        onChange={({ target }) => setSlow(target.value)}
      />
      <label>
        <input type="checkbox" checked={readOnly} onChange={({ target }) => setReadOnly(target.checked)} />{' '}
        Only moderators may write
      </label>
      <label>
        <input type="checkbox" checked={isPrivate} onChange={({ target }) => setPrivate(target.checked)} />{' '}
        Private: only users whom a moderator adds may enter
      </label>
      <button type="submit" className="primary" disabled={isBusy}>
        Save
      </button>
    </form>
  );
}
