import type { FinderSnapshot } from '../../client/finding';
import type { RoomTitle } from '../pure/roomTitle';

/** Whether more of the list is being loaded. */
export type Loading = 'idle' | 'loading' | 'failed';

interface Props {
  title: RoomTitle;
  place: FinderSnapshot;
  older: Loading;
  onLoadOlder(): void;
}

/** Stands above the first message: tells whether older messages exist. */
export function ListStart({ title, place, older, onLoadOlder }: Props) {
  if (older === 'failed') return <NotLoaded what="Older" onRetry={onLoadOlder} />;
  if (place.hasOlder)
    return <p className="notice">{older === 'loading' ? 'Loading older messages…' : '\u00a0'}</p>;
  if (place.olderExpired) return <p className="notice">Older messages have expired.</p>;
  return (
    <p className="notice">
      This is the beginning of{' '}
      <strong>
        {title.sign}
        <bdi>{title.text}</bdi>
      </strong>
      .
    </p>
  );
}

/** Stands below the last message of a place before the live end. */
export function ListEnd({ newer, onLoadNewer }: { newer: Loading; onLoadNewer(): void }) {
  if (newer !== 'failed')
    return <p className="notice">{newer === 'loading' ? 'Loading newer messages…' : '\u00a0'}</p>;
  return <NotLoaded what="Newer" onRetry={onLoadNewer} />;
}

function NotLoaded({ what, onRetry }: { what: string; onRetry(): void }) {
  return (
    <p className="notice">
      {what} messages could not be loaded.{' '}
      <button type="button" className="link" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}
