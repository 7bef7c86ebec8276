import { type KeyboardEvent, type SyntheticEvent, useEffect, useState } from 'react';
import type { MessageView } from '../../client';
import { useRoomFiles } from '../files/roomFiles';
import { saveFile } from '../files/saveFile';
import { usePicture } from '../files/usePicture';
import { type ShownPicture, usePictures } from '../files/usePictures';
import { fullTimeOf } from '../pure/days';
import { Icon } from './Icon';
import { PickerDialog } from './PickerDialog';

interface Props {
  message: MessageView;
  /** The file that is shown first. */
  id: string;
  onClose(): void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** The pictures of a room, one at a time: arrow keys go from one to the next, Escape closes. */
export function Gallery({ message, id, onClose }: Props) {
  const pictures = usePictures(message);
  const [shown, setShown] = useState(id);
  const at = pictures.findIndex(({ file }) => file.id === shown);
  const picture = pictures[at];
  const isGone = picture === undefined;
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  if (!picture) return null;

  const step = (by: number) => {
    const next = pictures[at + by];
    if (next) setShown(next.file.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    stay(event);
    step(STEPS[event.key] ?? 0);
  };
  return (
    <PickerDialog
      label="Pictures"
      className="gallery"
      onClose={onClose}
      onKeyDown={onKeyDown}
      onPointerDown={stay}
    >
      {(close) => (
        <>
          <div className="gallery-head">
            <button type="button" aria-label="Close" onClick={close}>
              <Icon name="close" />
            </button>
            <SaveButton picture={picture} />
          </div>
          <LargePicture key={shown} picture={picture} />
          <p className="gallery-caption" aria-live="polite">
            <bdi>{picture.about.alt ?? picture.file.name}</bdi>
            <small>
              <bdi>{picture.message.from.name}</bdi>, {fullTimeOf(picture.message.at)}
              {pictures.length > 1 && ` · ${at + 1} of ${pictures.length}`}
            </small>
          </p>
          {pictures.length > 1 && (
            <div className="gallery-steps">
              <StepButton label="Previous" isEnd={at === 0} onStep={() => step(-1)} />
              <StepButton label="Next" isEnd={at === pictures.length - 1} onStep={() => step(1)} />
            </div>
          )}
        </>
      )}
    </PickerDialog>
  );
}

/** Keeps an event from the row of the message, which has keys and a menu of its own. */
function stay(event: SyntheticEvent): void {
  event.stopPropagation();
}

function LargePicture({ picture: { message, file, about } }: { picture: ShownPicture }) {
  const state = usePicture(message.seq, file);
  switch (state.kind) {
    case 'shown':
      return (
        <img
          className="gallery-picture"
          src={state.address}
          alt={about.alt ?? file.name}
          width={about.width}
          height={about.height}
        />
      );
    case 'failed':
      return <p role="alert">{state.reason}</p>;
    case 'waiting':
      return <p>Loading…</p>;
    default:
      return state satisfies never;
  }
}

/** A button that stays in the focus at the end, where it does nothing: the arrow keys need a focus. */
function StepButton({ label, isEnd, onStep }: { label: string; isEnd: boolean; onStep(): void }) {
  return (
    <button type="button" aria-label={label} aria-disabled={isEnd} onClick={onStep}>
      <Icon name="chevron" />
    </button>
  );
}

function SaveButton({ picture: { message, file } }: { picture: ShownPicture }) {
  const files = useRoomFiles();
  const save = () =>
    files.read(message.seq, file.id).then(
      (content) => saveFile(content, file.name),
      // The picture itself shows why it cannot be read.
      () => {},
    );
  return (
    <button type="button" onClick={() => void save()}>
      Save
    </button>
  );
}
