import { CopyLink } from './CopyLink';
import { Icon } from './Icon';

/** Shown for a room without messages. */
export function EmptyRoom({ room }: { room: string }) {
  return (
    <div className="empty">
      <span className="empty-sign">
        <Icon name="pencil" />
      </span>
      <h2>
        Nobody has written in <bdi>#{room}</bdi> yet
      </h2>
      <p>Say hello, or share the link to this room.</p>
      <CopyLink room={room} />
    </div>
  );
}
