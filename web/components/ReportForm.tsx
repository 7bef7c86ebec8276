import { type FormEvent, useState } from 'react';
import type { MessageView, Room } from '../../client';
import { report } from '../../client/reports';
import { REASON_CHARACTERS } from '../../lib/protocol';
import { useRequest } from '../hooks/useRequest';
import { DialogFoot } from './DialogFoot';
import { PickerDialog } from './PickerDialog';

interface Props {
  room: Room;
  message: MessageView;
  onClose(): void;
}

/** Asks why a message is reported, and reports it. */
export function ReportForm({ room, message, onClose }: Props) {
  const { isBusy, problem, run } = useRequest();
  const [isDone, setDone] = useState(false);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    run(report(room, message.seq, reason || undefined), () => setDone(true));
  };
  return (
    <PickerDialog label="Report a message" onClose={onClose}>
      {(close) =>
        isDone ? (
          <>
            <p role="status">The moderators of this room will see your report.</p>
            <div className="picker-foot">
              <button type="button" onClick={close}>
                Close
              </button>
            </div>
          </>
        ) : (
          <form onSubmit={onSubmit}>
            <label>
              Why do you report the message of <bdi>{message.from.name}</bdi>?
              <input name="reason" maxLength={REASON_CHARACTERS} autoComplete="off" />
            </label>
            <DialogFoot {...{ problem, isBusy }} action="Report" onCancel={close} />
          </form>
        )
      }
    </PickerDialog>
  );
}
