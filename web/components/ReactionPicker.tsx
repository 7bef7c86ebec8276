import type { FormEvent } from 'react';
import { LIMITS } from '../../lib/protocol';
import { PickerDialog } from './PickerDialog';

export interface ReactionPickerProps {
  onChoose(name: string): void;
  onClose(): void;
}

/** The reactions that the page offers, and how they are called. */
const OFFERED = [
  ['👍', 'thumbs up'],
  ['❤️', 'heart'],
  ['😂', 'laughing'],
  ['🎉', 'party'],
  ['👏', 'clapping'],
  ['😮', 'surprised'],
  ['😢', 'sad'],
  ['🙏', 'thank you'],
  ['👀', 'looking'],
  ['✅', 'done'],
] as const;

/** Asks for a reaction: one of a few, or any short text. */
export function ReactionPicker({ onChoose, onClose }: ReactionPickerProps) {
  const onSubmit = (event: FormEvent<HTMLFormElement>, close: () => void) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    close();
    if (name !== '') onChoose(name);
  };
  return (
    <PickerDialog label="React" onClose={onClose}>
      {(close) => (
        <>
          <div className="reaction-choice">
            {OFFERED.map(([name, label]) => (
              <button
                key={name}
                type="button"
                className="quiet"
                aria-label={label}
                title={label}
                onClick={() => {
                  close();
                  onChoose(name);
                }}
              >
                {name}
              </button>
            ))}
          </div>
          <form onSubmit={(event) => onSubmit(event, close)}>
            <label>
              Other <input name="name" maxLength={LIMITS.reactionCharacters} required autoComplete="off" />
            </label>
            <div className="picker-foot">
              <button type="button" className="quiet" onClick={close}>
                Cancel
              </button>
              <button type="submit">React</button>
            </div>
          </form>
        </>
      )}
    </PickerDialog>
  );
}
