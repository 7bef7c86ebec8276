import { memo } from 'react';
import type { MessageEntry } from '../../lib/protocol';
import { fullTimeOf, timeOf } from '../pure/days';
import { hueOf } from '../pure/people';
import { Avatar } from './Avatar';
import { GuestMark } from './GuestMark';
import { Icon } from './Icon';
import { RichText } from './RichText';

interface Props {
  message: MessageEntry;
  isOwn: boolean;
  opens: boolean;
  closes: boolean;
}

/** A message that is in the room. */
export const MessageRow = memo(function MessageRow({ message, isOwn, opens, closes }: Props) {
  const { from, text, at } = message;
  const name = isOwn ? 'You' : from.name;
  return (
    <article className={rowClass(isOwn, opens, closes)}>
      {!isOwn && opens && <Avatar user={from} />}
      <div className="said">
        <p className={isOwn || !opens ? 'hidden' : `author hue-${hueOf(from.id)}`}>
          <bdi>{name}</bdi>
          <GuestMark user={from} />
        </p>
        <div className="bubble" dir="auto">
          <div className="text">
            <RichText text={text} />
          </div>
          <span className="meta">
            <time dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
              {timeOf(at)}
            </time>
            {isOwn && (
              <>
                <Icon name="check" />
                <span className="hidden">sent</span>
              </>
            )}
          </span>
        </div>
      </div>
    </article>
  );
});

/** The classes of a row in the list. */
export function rowClass(isOwn: boolean, opens: boolean, closes: boolean): string {
  return ['row', isOwn && 'own', opens && 'opens', closes && 'closes'].filter(Boolean).join(' ');
}
