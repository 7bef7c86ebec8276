import type { RoomTitle } from '../pure/roomTitle';
import { CopyLink } from './CopyLink';
import { Icon } from './Icon';

export interface EmptyRoomProps {
  room: string;
  title: RoomTitle;
}

/** Shown for a room without messages. */
export function EmptyRoom({ room, title: { sign, text } }: EmptyRoomProps) {
  const isDirect = sign === '@';
  return (
    <div className="empty">
      <span className="empty-sign">
        <Icon name="pencil" />
      </span>
      <h2>
        Nobody has written {isDirect ? 'to' : 'in'}{' '}
        <bdi>
          {sign}
          {text}
        </bdi>{' '}
        yet
      </h2>
      <p>Say hello{!isDirect && ', or share the link to this room'}.</p>
      {!isDirect && <CopyLink room={room} />}
    </div>
  );
}
