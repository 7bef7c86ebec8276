import { useState } from 'react';
import { ChatError, type Room } from '../../client';
import { removeMember } from '../../client/moderation';
import { PickerDialog } from './PickerDialog';

interface Props {
  room: Room;
  me: string;
  onLeft(): void;
}

/** Takes the user off the list of a private room's members, after a question. */
export function LeaveForGood({ room, me, onLeft }: Props) {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const leave = () => {
    setBusy(true);
    removeMember(room, me).then(onLeft, (error: unknown) => {
      setProblem(error instanceof ChatError ? error.message : 'Try again.');
      setBusy(false);
    });
  };
  return (
    <>
      <button type="button" className="link" onClick={() => setAsking(true)}>
        Leave for good
      </button>
      {isAsking && (
        <PickerDialog label="Leave for good" onClose={() => setAsking(false)}>
          {(close) => (
            <>
              <p>You leave this private room. Only a moderator can let you in again.</p>
              {problem !== undefined && (
                <p className="wrong" role="alert">
                  {problem}
                </p>
              )}
              <div className="picker-foot">
                <button type="button" className="quiet" onClick={close}>
                  Cancel
                </button>
                <button type="button" disabled={isBusy} onClick={leave}>
                  Leave
                </button>
              </div>
            </>
          )}
        </PickerDialog>
      )}
    </>
  );
}
