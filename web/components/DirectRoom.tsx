import { useEffect, useState } from 'react';
import type { Chat } from '../../client';
import { openDirect } from '../../client/rooms';
import type { User } from '../../lib/protocol';
import { goToRoom } from '../hooks/useHash';
import { problemOf } from '../hooks/useRequest';
import { PickerDialog } from './PickerDialog';

interface Props {
  chat: Chat;
  user: User;
  onClose(): void;
}

/** Opens the direct room with a user and goes there. It shows nothing but why that failed. */
export function DirectRoom({ chat, user, onClose }: Props) {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isClosed = false;
    openDirect(chat, user.id).then(
      (room) => isClosed || goToRoom(room),
      (error: unknown) => isClosed || setProblem(problemOf(error)),
    );
    return () => {
      isClosed = true;
    };
  }, [chat, user]);
  if (problem === undefined) return null;
  return (
    <PickerDialog label="Message a user" onClose={onClose}>
      {(close) => (
        <>
          <p role="alert">
            You cannot write to <bdi>{user.name}</bdi> here. {problem}
          </p>
          <div className="picker-foot">
            <button type="button" onClick={close}>
              Close
            </button>
          </div>
        </>
      )}
    </PickerDialog>
  );
}
