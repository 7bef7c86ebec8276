import type { ChatError } from '../../client';
import { Icon } from './Icon';

interface Props {
  error: ChatError;
  onRetry(): void;
  onLeave(): void;
}

/** Why the server does not let one into the room. */
export function RoomProblem({ error, onRetry, onLeave }: Props) {
  return (
    <div className="banner trouble" role="alert">
      <Icon name="alert" />
      <p>You are not in this room. {error.message}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
      <button type="button" onClick={onLeave}>
        Leave it
      </button>
    </div>
  );
}
