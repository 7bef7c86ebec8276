import { Suspense } from 'react';
import type { Chat } from '../../client';
import { LOBBY } from '../pure/hashLinks';
import type { RoomTitle } from '../pure/roomTitle';
import { badge, mentionBadge } from '../pure/unread';
import { Excerpt } from './Excerpt';
import { Icon } from './Icon';
import { AddRoom } from './late';
import { RoomName } from './RoomName';

export interface RoomLine {
  name: string;
  title: RoomTitle;
  unread: number;
  mentions: number;
  /** The newest message. */
  last: { author: string; text: string } | undefined;
}

/** Characters of a message that fit into a line of the list. */
const MAX_CHARACTERS = 80;

interface Props {
  chat: Chat;
  mayCreate: boolean;
  rooms: readonly RoomLine[];
  current: string;
  onGo(): void;
  onLeave(room: string): void;
  /** Shows more of the list, if there is more. */
  onMore: (() => void) | undefined;
}

/** The user's rooms, each with its unread messages. The lobby cannot be left while it is the only one. */
export function RoomNav({ chat, mayCreate, rooms, current, onGo, onLeave, onMore }: Props) {
  return (
    <nav className="rooms" aria-label="Rooms">
      <h2 className="panel-title">Rooms</h2>
      <ul>
        {rooms.map(({ name, title, unread, mentions, last }) => (
          <li key={name} className={unread > 0 && name !== current ? 'room unread' : 'room'}>
            <a href={`#${name}`} aria-current={name === current ? 'page' : undefined} onClick={onGo}>
              <span className="hash" aria-hidden="true">
                {title.sign}
              </span>
              <span className="room-text">
                <span className="room-name">
                  <RoomName title={title} />
                </span>
                {/* Said again for the eye alone, so it is no text of the page. */}
                {last && (
                  <Excerpt text={last.text} units={MAX_CHARACTERS}>
                    {(line) => <span className="room-last" data-text={`${last.author}: ${line}`} />}
                  </Excerpt>
                )}
              </span>
              {mentions > 0 && (
                <span className="badge">
                  {mentionBadge(mentions)}
                  <span className="hidden"> mentions</span>
                </span>
              )}
              {unread > 0 && (
                <span className="badge">
                  {badge(unread)}
                  <span className="hidden"> unread</span>
                </span>
              )}
            </a>
            {(rooms.length > 1 || name !== LOBBY) && (
              <button
                type="button"
                className="quiet leave"
                aria-label={`Leave ${title.text}`}
                onClick={() => onLeave(name)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {onMore && (
        <button type="button" className="quiet" onClick={onMore}>
          More
        </button>
      )}
      <Suspense>
        <AddRoom chat={chat} mayCreate={mayCreate} onAdded={onGo} />
      </Suspense>
    </nav>
  );
}
