import { dayName } from '../pure/days';
import { describeSystemEntry, type SystemOrErased } from '../pure/systemEntries';

/** Names the day that begins here. */
export function DayRow({ at, now }: { at: number; now: number }) {
  return (
    <p className="separator">
      <span>{dayName(at, now)}</span>
    </p>
  );
}

/** Separates read messages from new ones. */
export function NewRow() {
  return (
    <p className="separator new">
      <span>New messages</span>
    </p>
  );
}

/** Tells that messages are missing here. */
export function GapRow({ missing }: { missing: number }) {
  return (
    <p className="notice">
      {missing === 1 ? 'One message' : `${missing.toLocaleString()} messages`} expired here before this page
      could read {missing === 1 ? 'it' : 'them'}.
    </p>
  );
}

/** Tells what happened in the room besides messages. */
export function SystemRow({ entry, me }: { entry: SystemOrErased; me: string | undefined }) {
  return (
    <p className="notice">
      <bdi>{describeSystemEntry(entry, me)}</bdi>
    </p>
  );
}
