import type { HeldItem } from '../../client/reports';

interface Props {
  held: readonly HeldItem[];
  /** A request of the panel runs. */
  isBusy: boolean;
  /** Why the last decision failed. */
  problem: string | undefined;
  onDecide(held: string, verdict: 'allow' | 'deny'): void;
}

/** The messages that the review left to the moderators of the open room, oldest first. */
export function HeldList({ held, isBusy, problem, onDecide }: Props) {
  if (held.length === 0 && problem === undefined) return null;
  return (
    <>
      <h3 className="panel-title">Waiting for a moderator</h3>
      {problem !== undefined && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
      <ul className="people" aria-label="Waiting for a moderator">
        {held.map(({ held: key, message: { from, text, kind, data, files } }) => (
          <li key={key} className="report">
            <span>
              <bdi>{from.name}</bdi>: {text}
            </span>
            {kind !== undefined && <p className="muted">Kind: {kind}</p>}
            {data && <p className="muted">Data: {JSON.stringify(data)}</p>}
            {files?.map(({ id, name }) => (
              <p key={id} className="muted">
                File: <bdi>{name}</bdi>
              </p>
            ))}
            <span className="report-actions">
              <button type="button" disabled={isBusy} onClick={() => onDecide(key, 'allow')}>
                Allow<span className="hidden"> {from.name}</span>
              </button>
              <button type="button" disabled={isBusy} onClick={() => onDecide(key, 'deny')}>
                Deny<span className="hidden"> {from.name}</span>
              </button>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
