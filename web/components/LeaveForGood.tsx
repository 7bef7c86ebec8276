import type { Room } from '../../client';
import { removeMember } from '../../client/moderation';
import { useRequest } from '../hooks/useRequest';
import { DialogFoot } from './DialogFoot';
import { PickerDialog } from './PickerDialog';

interface Props {
  room: Room;
  me: string;
  /** The user is no listed member of the room any more. */
  onLeft(): void;
  onClose(): void;
}

/** Takes the user off the list of a private room's members, after a question. */
export function LeaveForGood({ room, me, onLeft, onClose }: Props) {
  const { isBusy, problem, run } = useRequest();
  const leave = () => run(removeMember(room, me), onLeft);
  return (
    <PickerDialog label="Leave for good" onClose={onClose}>
      {(close) => (
        <>
          <p>You leave this private room. Only a moderator can let you in again.</p>
          <DialogFoot {...{ problem, isBusy }} action="Leave" onAction={leave} onCancel={close} />
        </>
      )}
    </PickerDialog>
  );
}
