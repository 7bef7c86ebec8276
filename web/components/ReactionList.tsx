import { useEffect, useState } from 'react';
import type { ReactionList as Reactors } from '../../lib/protocol';
import { PickerDialog } from './PickerDialog';

export interface ReactionListProps {
  seq: number;
  me: string | undefined;
  onAsk(seq: number): Promise<Reactors>;
  onClose(): void;
}

/** Lists who reacted to a message. */
export function ReactionList({ seq, me, onAsk, onClose }: ReactionListProps) {
  const [reactors, setReactors] = useState<Reactors>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isOpen = true;
    onAsk(seq).then(
      (list) => isOpen && setReactors(list),
      (error: Error) => isOpen && setProblem(error.message),
    );
    return () => {
      isOpen = false;
    };
  }, [seq, onAsk]);
  return (
    <PickerDialog label="Reactions" onClose={onClose}>
      {(close) => (
        <>
          {problem !== undefined && <p role="alert">The list could not be loaded. {problem}</p>}
          {!reactors && problem === undefined && <p role="status">Loading…</p>}
          {reactors && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            <section className="reactors" aria-label="Who reacted" tabIndex={0}>
              {Object.entries(reactors.users).map(([name, users]) => (
                <div key={name}>
                  <h2>
                    <bdi>{name}</bdi> {Object.entries(reactors.counts).find(([each]) => each === name)?.[1]}
                  </h2>
                  <ul>
                    {users.map((user) => (
                      <li key={user.id}>
                        <bdi>{user.id === me ? 'You' : user.name}</bdi>
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
            </section>
          )}
          <div className="picker-foot">
            <button type="button" className="quiet" onClick={close}>
              Close
            </button>
          </div>
        </>
      )}
    </PickerDialog>
  );
}
