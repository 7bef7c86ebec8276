import type { User } from '../../lib/protocol';
import type { RoomTitle } from '../pure/roomTitle';
import { badge } from '../pure/unread';
import { Avatar } from './Avatar';
import { CopyLink } from './CopyLink';
import { Icon } from './Icon';
import { RoomName } from './RoomName';

interface Props {
  name: string;
  title: RoomTitle;
  members: readonly User[];
  memberCount: number;
  unreadElsewhere: number;
  onMenu: (() => void) | undefined;
  onDate(): void;
  onPeople: (() => void) | undefined;
}

const FACES = 3;

/** The room's name, its members, and the link to share. */
export function RoomHeader({
  name,
  title,
  members,
  memberCount,
  unreadElsewhere,
  onMenu,
  onDate,
  onPeople,
}: Props) {
  return (
    <header className="head">
      {onMenu && (
        <button type="button" className="quiet menu" aria-label="Rooms" onClick={onMenu}>
          <Icon name="menu" />
          {unreadElsewhere > 0 && (
            <span className="badge">
              {badge(unreadElsewhere)}
              <span className="hidden"> unread in other rooms</span>
            </span>
          )}
        </button>
      )}
      <h1 title={name}>
        <span className="hash" aria-hidden="true">
          {title.sign}
        </span>
        <RoomName title={title} />
      </h1>
      <button type="button" className="quiet" aria-label="Go to a date" onClick={onDate}>
        <Icon name="calendar" />
      </button>
      {title.sign === '#' && <CopyLink room={name} isCompact />}
      {onPeople && memberCount > 0 && (
        <button type="button" className="quiet faces" onClick={onPeople}>
          {members.slice(0, FACES).map((user) => (
            <Avatar key={user.id} user={user} />
          ))}
          <span className="count">
            {memberCount.toLocaleString()}
            <span className="hidden"> here: show people</span>
          </span>
        </button>
      )}
    </header>
  );
}
