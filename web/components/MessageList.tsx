import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RoomView } from '../../client/react';
import { useToday } from '../hooks/useNow';
import { useScroller } from '../hooks/useScroller';
import { blocksOf, rowsOf } from '../pure/rows';
import { badge, unreadIn } from '../pure/unread';
import { EmptyRoom } from './EmptyRoom';
import { Icon } from './Icon';
import { ListStart } from './ListStart';
import { MessageBlock } from './MessageBlock';

interface Props {
  room: RoomView;
  me: string | undefined;
  readUpTo: number | undefined;
  hasAttention: boolean;
  onRead(seq: number): void;
}

/** All messages of a room. It marks missed messages and loads older ones on scroll. */
export function MessageList({ room: view, me, readUpTo, hasAttention, onRead }: Props) {
  const { room, messages, gaps, pending, hasOlder, cursor } = view;
  const today = useToday();
  const [older, setOlder] = useState<'idle' | 'loading' | 'failed'>('idle');
  const [newAbove, setNewAbove] = useState<number>();
  const hasOpened = useRef(false);

  const rows = useMemo(
    () => rowsOf({ messages, gaps, pending, me, newAbove }),
    [messages, gaps, pending, me, newAbove],
  );
  const blocks = useMemo(() => blocksOf(rows), [rows]);

  const loadOlder = useCallback(() => {
    setOlder('loading');
    room.loadOlder().then(
      () => setOlder('idle'),
      () => setOlder('failed'),
    );
  }, [room]);
  const onNearTop = useCallback(() => {
    if (hasOlder && older === 'idle') loadOlder();
  }, [hasOlder, older, loadOlder]);
  const { ref, isAtEnd, onScroll, toEnd } = useScroller(rows, onNearTop);

  const isReading = hasAttention && isAtEnd;
  useEffect(() => {
    if (cursor === undefined || readUpTo === undefined) return;
    const wasMissed = !hasOpened.current && unreadIn(messages, readUpTo, me) > 0;
    hasOpened.current = true;
    if (cursor === readUpTo) return;
    // Otherwise the line stays while the user reads.
    if (wasMissed || !isReading) setNewAbove(readUpTo);
    if (isReading) onRead(cursor);
  }, [isReading, messages, me, cursor, readUpTo, onRead]);

  // The list scrolls to the user's own message, wherever the user was reading.
  const lastSend = pending.at(-1)?.id;
  const followed = useRef(lastSend);
  useEffect(() => {
    if (lastSend !== undefined && lastSend !== followed.current) {
      setNewAbove(undefined);
      toEnd();
    }
    followed.current = lastSend;
  }, [lastSend, toEnd]);

  const retry = useCallback((id: string) => void room.retry(id).catch(() => {}), [room]);
  const discard = useCallback((id: string) => void room.discard(id), [room]);
  const unread = unreadIn(messages, readUpTo, me);

  return (
    <div className="list-frame">
      <div
        className="list"
        ref={ref}
        onScroll={onScroll}
        role="log"
        aria-label={`Messages in ${view.name}`}
        aria-busy={older === 'loading' || cursor === undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        <div className="column">
          {rows.length > 0 && <ListStart view={view} older={older} onLoadOlder={loadOlder} />}
          {rows.length === 0 && cursor !== undefined && <EmptyRoom room={view.name} />}
          {blocks.map((block) => (
            <MessageBlock key={block.key} block={block} today={today} onRetry={retry} onDiscard={discard} />
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="chevron" />
          {unread > 0 ? `${badge(unread)} new` : <span className="hidden">Jump to the latest message</span>}
        </button>
      )}
    </div>
  );
}
