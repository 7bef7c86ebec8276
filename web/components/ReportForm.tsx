import { type FormEvent, useState } from 'react';
import { ChatError, type MessageView, type Room } from '../../client';
import { report } from '../../client/reports';
import { REASON_CHARACTERS } from '../../lib/protocol';
import { PickerDialog } from './PickerDialog';

interface Props {
  room: Room;
  message: MessageView;
  onClose(): void;
}

/** Asks why a message is reported, and reports it. */
export function ReportForm({ room, message, onClose }: Props) {
  const [state, setState] = useState<'asking' | 'busy' | 'done'>('asking');
  const [problem, setProblem] = useState<string>();
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    setState('busy');
    report(room, message.seq, reason || undefined).then(
      () => setState('done'),
      (error: unknown) => {
        setProblem(error instanceof ChatError ? error.message : 'Try again.');
        setState('asking');
      },
    );
  };
  return (
    <PickerDialog label="Report a message" onClose={onClose}>
      {(close) =>
        state === 'done' ? (
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
            {problem !== undefined && (
              <p className="wrong" role="alert">
                {problem}
              </p>
            )}
            <div className="picker-foot">
              <button type="button" className="quiet" onClick={close}>
                Cancel
              </button>
              <button type="submit" disabled={state === 'busy'}>
                Report
              </button>
            </div>
          </form>
        )
      }
    </PickerDialog>
  );
}
