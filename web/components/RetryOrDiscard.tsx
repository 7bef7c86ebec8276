interface Props {
  id: string;
  problem: string;
  /** What the button that tries again says. */
  retry?: string;
  onRetry(id: string): void;
  /** Missing where nothing is there to discard: the message is with the server. */
  onDiscard?(id: string): void;
}

/** Tells why something was not done, and lets the user decide. */
export function RetryOrDiscard({ id, problem, retry = 'Try again', onRetry, onDiscard }: Props) {
  return (
    <div className="stuck">
      <p role="alert">{problem}</p>
      <button type="button" onClick={() => onRetry(id)}>
        {retry}
      </button>
      {onDiscard && (
        <button type="button" onClick={() => onDiscard(id)}>
          Discard
        </button>
      )}
    </div>
  );
}
