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

/** The page shows this many texts that are being written: those that began last. */
const MAX_SHOWN = 5;

/** What others are writing in a room. A screen reader is told who writes, and the message itself, but no part of it. */
export function DraftList({ room }: DraftListProps) {
  const [drafts, setDrafts] = useState<readonly DraftView[]>([]);
  useEffect(() => {
    const followed = watchDrafts(room);
    followed.onChange(() => setDrafts(followed.snapshot));
    return followed.stop;
  }, [room]);
  const shown = drafts.slice(-MAX_SHOWN);
  const writers = new Map(shown.map(({ from }) => [from.id, from.name]));
  return (
    <div className="drafts">
      <p className="hidden" role="status">
        {[...writers].map(([id, name]) => (
          <span key={id}>
            <bdi>{name}</bdi> is writing…{' '}
          </span>
        ))}
      </p>
      {shown.map(({ of, from, text }) => (
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
      ))}
    </div>
  );
}
