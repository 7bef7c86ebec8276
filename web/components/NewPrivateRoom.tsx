import type { FormEvent } from 'react';
import type { Chat } from '../../client';
import { setRoom } from '../../client/moderation';
import { LIMITS, ROOM_RULE } from '../../lib/protocol';
import { goToRoom } from '../hooks/useHash';
import { useRequest } from '../hooks/useRequest';
import { roomAsTyped } from '../pure/hashLinks';
import { DialogFoot } from './DialogFoot';
import { PickerDialog } from './PickerDialog';

interface Props {
  chat: Chat;
  onCreated(): void;
  onClose(): void;
}

/** Asks for the name and the title of a private room, makes it private before anybody can enter, and opens it. */
export function NewPrivateRoom({ chat, onCreated, onClose }: Props) {
  const { isBusy, problem, setProblem, run } = useRequest();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const room = roomAsTyped(String(fields.get('name')));
    const title = String(fields.get('title')).trim();
    setProblem(room === undefined ? ROOM_RULE : undefined);
    if (room === undefined) return;
    run(setRoom(chat.room(room), { private: true, ...(title !== '' && { title }) }), () => {
      onClose();
      goToRoom(room);
      onCreated();
    });
  };
  return (
    <PickerDialog label="New private room" onClose={onClose}>
      {(close) => (
        <form className="remove-form" onSubmit={onSubmit}>
          <label>
            Name <input name="name" required autoCapitalize="none" autoComplete="off" spellCheck={false} />
          </label>
          <label>
            Title, if you want <input name="title" maxLength={LIMITS.titleCharacters} autoComplete="off" />
          </label>
          <p className="muted">If there is a room of this name already, it becomes private.</p>
          <DialogFoot {...{ problem, isBusy }} action="Create" onCancel={close} />
        </form>
      )}
    </PickerDialog>
  );
}
