import type { MessageView } from '../../client';
import { listReactions, type Toggles } from '../../client/reactions';
import { describeReaction } from '../pure/reactions';
import { RetryOrDiscard } from './RetryOrDiscard';

interface Props {
  message: MessageView;
  /** Own changes that may not be in the log yet. */
  toggles: Toggles | undefined;
  me: string | undefined;
  canReact: boolean;
  onReact(seq: number, name: string, on: boolean): void;
  onDismiss(seq: number): void;
}

/** The reactions to a message with their counts; the own ones are marked. A click joins one, or leaves it. */
export function ReactionChips({ message, toggles, me, canReact, onReact, onDismiss }: Props) {
  const { seq } = message;
  const reactions = listReactions(message, toggles, me);
  const failed = [...(toggles ?? [])].filter(([, { state }]) => state === 'failed');
  if (reactions.length === 0 && failed.length === 0) return null;
  return (
    <>
      {reactions.length > 0 && (
        <fieldset className="chips" aria-label="Reactions">
          {reactions.map((reaction) => {
            const { name, count, isMine } = reaction;
            return (
              <button
                key={name}
                type="button"
                className="chip"
                aria-pressed={isMine}
                title={describeReaction(reaction, me)}
                disabled={!canReact}
                onClick={() => onReact(seq, name, !isMine)}
              >
                <bdi>{name}</bdi> <span>{count.toLocaleString()}</span>
              </button>
            );
          })}
        </fieldset>
      )}
      {failed.map(([name, { on, error }]) => (
        <RetryOrDiscard
          key={name}
          id={name}
          problem={`${on ? 'Your reaction was not saved.' : 'Your reaction was not taken back.'} ${error?.message ?? ''}`}
          onRetry={() => onReact(seq, name, on)}
          onDiscard={() => onDismiss(seq)}
        />
      ))}
    </>
  );
}
