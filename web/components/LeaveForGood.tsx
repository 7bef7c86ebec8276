import { useState } from 'react';
import type { Room } from '../../client';
import { removeMember } from '../../client/moderation';
import { useRequest } from '../hooks/useRequest';
import { DialogFoot } from './DialogFoot';
import { PickerDialog } from './PickerDialog';

interface Props {
  room: Room;
  me: string;
  onLeft(): void;
}

/** Takes the user off the list of a private room's members, after a question. */
export function LeaveForGood({ room, me, onLeft }: Props) {
  const [isAsking, setAsking] = useState(false);
  const { isBusy, problem, run } = useRequest();
  const leave = () => run(removeMember(room, me), onLeft);
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
              <DialogFoot {...{ problem, isBusy }} action="Leave" onAction={leave} onCancel={close} />
            </>
          )}
        </PickerDialog>
      )}
    </>
  );
}
