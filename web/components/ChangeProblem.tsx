import type { PendingChange } from '../../client';

interface Props {
  change: PendingChange;
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

/** Shows why an edit or a deletion was not made. Nothing while it is on its way. */
export function ChangeProblem({ change: { id, action, state, error }, onRetry, onDiscard }: Props) {
  if (state !== 'failed' && state !== 'unknown') return null;
  return (
    <div className="stuck">
      <p role="alert">
        {action === 'editMessage' ? 'Not edited.' : 'Not deleted.'} {error?.message}
      </p>
      <button type="button" onClick={() => onRetry(id)}>
        Try again
      </button>
      <button type="button" onClick={() => onDiscard(id)}>
        Discard
      </button>
    </div>
  );
}
