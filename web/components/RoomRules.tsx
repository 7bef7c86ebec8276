import { useEffect, useState } from 'react';
import type { Room } from '../../client';
import { NO_RULES, watchRules } from '../../client/moderation';
import { clock } from '../../client/platform/defaults';
import { useNow } from '../hooks/useNow';
import { whyClosed } from '../pure/closedRoom';

export interface RoomRulesProps {
  room: Room;
  me: string;
  /** Moderators write always. */
  isExempt: boolean;
  onClosed(isClosed: boolean): void;
  /** Asks the user about leaving the private room for good. */
  onLeaveForGood(): void;
}

/** The title of the room, and why the user cannot write in it now. */
export function RoomRules({ room, me, isExempt, onClosed, onLeaveForGood }: RoomRulesProps) {
  const [rules, setRules] = useState(NO_RULES);
  const [sentAt, setSentAt] = useState<number>();
  const isTimed =
    rules.mutedUntil > 0 ||
    rules.waitUntil > 0 ||
    (rules.settings.slow !== undefined && sentAt !== undefined);
  const now = useNow(isTimed ? 1_000 : undefined);
  const closed = isExempt ? undefined : whyClosed(rules, sentAt, now);
  const isClosed = closed !== undefined;

  useEffect(() => watchRules(room, setRules), [room]);
  useEffect(
    () =>
      room.on('message', ({ from }, { live }) => {
        if (from.id === me && live) setSentAt(clock.now());
      }),
    [room, me],
  );
  useEffect(() => onClosed(isClosed), [onClosed, isClosed]);

  const { title, slow } = rules.settings;
  return (
    <div className="room-rules">
      {title !== undefined && <bdi className="room-title">{title}</bdi>}
      {rules.settings.private && (
        <p>
          Private room: only users whom a moderator adds may enter.{' '}
          <button type="button" className="link" onClick={onLeaveForGood}>
            Leave for good
          </button>
        </p>
      )}
      {closed ? (
        // A screen reader is told once, and not each second.
        <p role="status" aria-live={closed.isWaiting ? 'off' : 'polite'}>
          {closed.reason}
        </p>
      ) : (
        slow !== undefined && <p>Slow mode: each user may send a message every {slow} seconds.</p>
      )}
    </div>
  );
}
