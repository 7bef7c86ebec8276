import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MessageView, PendingChange } from '../../client';
import type { RoomView } from '../../client/react';
import type { Deletions } from '../hooks/useDeletions';
import { useNotes } from '../hooks/useNotes';
import { useToday } from '../hooks/useNow';
import { useRowKeys } from '../hooks/useRowKeys';
import { useScroller } from '../hooks/useScroller';
import { blocksOf, rowsOf } from '../pure/rows';
import { badge, unreadIn } from '../pure/unread';
import { EmptyRoom } from './EmptyRoom';
import { Icon } from './Icon';
import { ListStart } from './ListStart';
import { MessageBlock } from './MessageBlock';
import { type MessageActions, MessageMenu, type OpenMenu } from './MessageMenu';

interface Props {
  room: RoomView;
  me: string | undefined;
  readUpTo: number | undefined;
  hasAttention: boolean;
  deletions: Deletions;
  actions: MessageActions;
  /** The message to go to, once it is loaded. */
  target: { seq: number } | undefined;
  onJump(seq: number): void;
  onRead(seq: number): void;
}

const NO_CHANGES: ReadonlyMap<number | string, PendingChange> = new Map();

/** All messages of a room. It marks missed messages and loads older ones on scroll. */
export function MessageList(props: Props) {
  const { room: view, me, readUpTo, hasAttention, deletions, actions, target, onJump, onRead } = props;
  const { room, messages, gaps, pending, pendingChanges, hasOlder, cursor } = view;
  const notes = useNotes(room);
  const today = useToday();
  const [older, setOlder] = useState<'idle' | 'loading' | 'failed'>('idle');
  const [newAbove, setNewAbove] = useState<number>();
  const hasOpened = useRef(false);

  const rows = useMemo(
    () => rowsOf({ messages, gaps, notes, pending, me, newAbove }),
    [messages, gaps, notes, pending, me, newAbove],
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
  const { ref, isAtEnd, onScroll, toEnd, toRow } = useScroller(rows, onNearTop);

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

  const [menu, setMenu] = useState<OpenMenu>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const { undo } = deletions;
  const handlers = useMemo(
    () => ({
      onMenu: (message: MessageView, opener: HTMLElement) => setMenu({ message, opener }),
      onJump,
      onUndo: undo,
      onRetry: (id: string) => void room.retry(id).catch(() => {}),
      onDiscard: (id: string) => void room.discard(id),
    }),
    [room, onJump, undo],
  );
  const changes = useMemo(
    () =>
      pendingChanges.length === 0 ? NO_CHANGES : new Map(pendingChanges.map((change) => [change.of, change])),
    [pendingChanges],
  );
  const onKeyDown = useRowKeys(ref);
  useEffect(() => {
    if (target) toRow(target.seq);
  }, [target, toRow]);

  const unread = unreadIn(messages, readUpTo, me);

  return (
    <div className="list-frame">
      <div
        className="list"
        ref={ref}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
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
            <MessageBlock
              key={block.key}
              block={block}
              today={today}
              changes={changes}
              leaving={deletions.waiting}
              handlers={handlers}
            />
          ))}
        </div>
      </div>
      {menu && <MessageMenu {...menu} me={me} can={view.can} actions={actions} onClose={closeMenu} />}
      {!isAtEnd && (
        <button type="button" className="to-end" onClick={toEnd}>
          <Icon name="chevron" />
          {unread > 0 ? `${badge(unread)} new` : <span className="hidden">Jump to the latest message</span>}
        </button>
      )}
    </div>
  );
}
