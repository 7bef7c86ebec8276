import type { FormEvent } from 'react';
import { isoDay, startOfDay } from '../pure/days';
import { PickerDialog } from './PickerDialog';

export interface DatePickerProps {
  /** Called with the beginning of a day of the reader, in milliseconds. */
  onChoose(at: number): void;
  onClose(): void;
}

/** Asks for a day. */
export function DatePicker({ onChoose, onClose }: DatePickerProps) {
  const onSubmit = (event: FormEvent<HTMLFormElement>, close: () => void) => {
    event.preventDefault();
    const at = startOfDay(String(new FormData(event.currentTarget).get('day')));
    close();
    if (at !== undefined) onChoose(at);
  };
  return (
    <PickerDialog label="Go to a date" onClose={onClose}>
      {(close) => (
        <form onSubmit={(event) => onSubmit(event, close)}>
          <label>
            Go to <input type="date" name="day" required max={isoDay(Date.now())} />
          </label>
          <div className="picker-foot">
            <button type="button" className="quiet" onClick={close}>
              Cancel
            </button>
            <button type="submit">Go</button>
          </div>
        </form>
      )}
    </PickerDialog>
  );
}
