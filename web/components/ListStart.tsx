import type { RoomSnapshot } from '../../client';

interface Props {
  view: RoomSnapshot;
  older: 'idle' | 'loading' | 'failed';
  onLoadOlder(): void;
}

/** Stands above the first message: tells whether older messages exist. */
export function ListStart({ view, older, onLoadOlder }: Props) {
  if (older === 'failed')
    return (
      <p className="notice">
        Older messages could not be loaded.{' '}
        <button type="button" className="link" onClick={onLoadOlder}>
          Try again
        </button>
      </p>
    );
  if (view.hasOlder)
    return <p className="notice">{older === 'loading' ? 'Loading older messages…' : '\u00a0'}</p>;
  if (view.olderExpired) return <p className="notice">Older messages have expired.</p>;
  return (
    <p className="notice">
      This is the beginning of <strong>#{view.name}</strong>.
    </p>
  );
}
