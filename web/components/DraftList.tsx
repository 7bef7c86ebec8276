import { useEffect, useState } from 'react';
import type { Room } from '../../client';
import { type DraftView, watchDrafts } from '../../client/drafts';
import { hueOf } from '../pure/people';
import { rowClass } from '../pure/rows';
import { Avatar } from './Avatar';
import { Bubble } from './Bubble';

export interface DraftListProps {
  room: Room;
}

/** What others are writing in a room. A screen reader is told the message itself, and not each part. */
export function DraftList({ room }: DraftListProps) {
  const [drafts, setDrafts] = useState<readonly DraftView[]>([]);
  useEffect(() => {
    const followed = watchDrafts(room);
    followed.onChange(() => setDrafts(followed.snapshot));
    return followed.stop;
  }, [room]);
  return drafts.map(({ of, from, text }) => (
    <article
      key={`${of} ${from.id}`}
      className={rowClass(false, true, true)}
      aria-live="off"
      aria-busy="true"
    >
      <Avatar user={from} />
      <div className="said">
        <p className={`author hue-${hueOf(from.id)}`}>
          <bdi>{from.name}</bdi>
        </p>
        <Bubble text={text}>is writing…</Bubble>
      </div>
    </article>
  ));
}
