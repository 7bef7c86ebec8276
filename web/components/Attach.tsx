import { type ChangeEvent, useEffect, useRef, useState } from 'react';
import type { NewMessage, Sent } from '../../client';
import { LIMITS } from '../../lib/protocol';
import { type Chosen, prepare } from '../files/pictures';
import { useRoomFiles, useUploads } from '../files/roomFiles';
import { useDroppedFiles } from '../hooks/useDroppedFiles';
import { FileChips } from './FileChips';
import { Icon } from './Icon';
import { Uploads } from './Uploads';

/** Sends what the box says with the files beside it. */
export interface Attached {
  /** How many messages wait for their uploads. */
  waiting(): number;
  send(content: NewMessage): Promise<Sent>;
}

export interface AttachProps {
  /** Told of the chosen files, or that there are none. */
  onAttach(attached: Attached | undefined): void;
}

/** The files beside the box: chosen, dropped or pasted ones, and those on their way. */
export function Attach({ onAttach }: AttachProps) {
  const files = useRoomFiles();
  const { sends, retry, discard } = useUploads();
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  /** How often files were added that the page still reads. */
  const [reading, setReading] = useState(0);
  const [problem, setProblem] = useState<string>();
  const root = useRef<HTMLDivElement>(null);

  const add = async (list: Iterable<File>) => {
    const all = [...list];
    if (all.length === 0) return;
    const isTooMany = chosen.length + all.length > LIMITS.files;
    setProblem(isTooMany ? `A message has at most ${LIMITS.files} files.` : undefined);
    setReading((count) => count + 1);
    const prepared = await Promise.all(all.slice(0, LIMITS.files).map(prepare));
    setReading((count) => count - 1);
    setChosen((before) => [...before, ...prepared].slice(0, LIMITS.files));
    root.current?.closest('form')?.querySelector('textarea')?.focus();
  };
  const isDropping = useDroppedFiles(root, (list) => void add(list));

  useEffect(() => {
    onAttach(
      chosen.length === 0 && reading === 0
        ? undefined
        : {
            waiting: () => files.snapshot.length,
            send(content) {
              // Without the files the message would be another one.
              if (reading > 0) return Promise.reject(new Error('Your files are still being read.'));
              const before = files.snapshot.length;
              const sent = files.send({ ...content, files: chosen });
              if (files.snapshot.length > before) setChosen([]);
              return sent;
            },
          },
    );
  }, [chosen, reading, files, onAttach]);

  const pick = ({ target }: ChangeEvent<HTMLInputElement>) => {
    void add(target.files ?? []);
    target.value = '';
  };

  return (
    <div className="attach" ref={root} data-dropping={isDropping || undefined}>
      <Uploads sends={sends} onRetry={retry} onDiscard={discard} />
      <FileChips
        chosen={chosen}
        onChange={(key, alt) => setChosen(chosen.map((each) => (each.key === key ? { ...each, alt } : each)))}
        onRemove={(key) => setChosen(chosen.filter((each) => each.key !== key))}
      />
      {problem !== undefined && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
      <label className="attach-button" title="Attach files">
        <Icon name="plus" />
        <span className="hidden">Attach files</span>
        <input type="file" multiple onChange={pick} />
      </label>
      <label className="attach-button attach-camera" title="Take a picture">
        <CameraIcon />
        <span className="hidden">Take a picture</span>
        <input type="file" accept="image/*" capture="environment" onChange={pick} />
      </label>
      {isDropping && <p className="attach-drop">Drop to attach</p>}
    </div>
  );
}

function CameraIcon() {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M4 8h3.5L9 5.5h6L16.5 8H20v11H4zm8 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7" />
    </svg>
  );
}
