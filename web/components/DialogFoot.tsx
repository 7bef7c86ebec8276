interface Props {
  /** Why the last request failed. */
  problem: string | undefined;
  isBusy: boolean;
  /** What the button says that asks the server. */
  action: string;
  /** Missing where the button submits a form. */
  onAction?(): void;
  onCancel(): void;
}

/** The end of a dialog that asks the server for something. */
export function DialogFoot({ problem, isBusy, action, onAction, onCancel }: Props) {
  return (
    <>
      {problem !== undefined && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
      <div className="picker-foot">
        <button type="button" className="quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type={onAction ? 'button' : 'submit'} disabled={isBusy} onClick={onAction}>
          {action}
        </button>
      </div>
    </>
  );
}
