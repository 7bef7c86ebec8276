import type { PendingChange } from '../../client';
import { RetryOrDiscard } from './RetryOrDiscard';

interface Props {
  change: PendingChange;
  onRetry(id: string): void;
  onDiscard(id: string): void;
}

/** Shows why an edit or a deletion was not made. Nothing while it is on its way. */
export function ChangeProblem({ change: { id, action, state, error }, onRetry, onDiscard }: Props) {
  if (state !== 'failed' && state !== 'unknown') return null;
  return (
    <RetryOrDiscard
      id={id}
      problem={`${action === 'editMessage' ? 'Not edited.' : 'Not deleted.'} ${error?.message ?? ''}`}
      onRetry={onRetry}
      onDiscard={onDiscard}
    />
  );
}
