import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MessageView, PendingChange, PendingSend } from '../../client';
import type { FinderView, ReactionsView, RoomView } from '../../client/react';
import type { Deletions } from '../hooks/useDeletions';
import { useToday } from '../hooks/useNow';
import { useRowKeys } from '../hooks/useRowKeys';
import { useScroller } from '../hooks/useScroller';
import { useSystemEntries } from '../hooks/useSystemEntries';
import { blocksOf } from '../pure/blocks';
import type { RoomTitle } from '../pure/roomTitle';
import { rowsOf } from '../pure/rows';
import { entriesWithin } from '../pure/systemEntries';
import { badge, unreadIn } from '../pure/unread';
import { Icon } from './Icon';
import { ListEnd, ListStart, type Loading } from './ListStart';
import { DraftList, EmptyRoom, MessageMenu } from './late';
import { MessageBlock } from './MessageBlock';
import type { MessageActions, OpenMenu } from './MessageMenu';

interface Props {
  room: RoomView;
  title: RoomTitle;
  /** The part of the room that is shown. */
  place: FinderView;
  me: string | undefined;
  readUpTo: number | undefined;
  hasAttention: boolean;
  deletions: Deletions;
  reactions: ReactionsView;
  actions: MessageActions;
  /** The message to go to, once it is loaded. */
  target: { seq: number } | undefined;
  onJump(seq: number): void;
  onRead(seq: number): void;
}

const NO_SENDS: readonly PendingSend[] = [];
const NO_CHANGES: ReadonlyMap<number | string, PendingChange> = new Map();

/** All messages of a room. It marks missed messages and loads older ones on scroll. */
export function MessageList(props: Props) {
  const {
    room: view,
    title,
    place,
    me,
    readUpTo,
    hasAttention,
    deletions,
    reactions,
    actions,
    target,
    onJump,
    onRead,
  } = props;
  const { room, messages: live, pendingChanges, cursor } = view;
  const { messages, gaps, hasOlder, isDetached } = place;
  const pending = isDetached ? NO_SENDS : view.pending;
  const systemEntries = useSystemEntries(room);
  const today = useToday();
  const [newAbove, setNewAbove] = useState<number>();
  const hasOpened = useRef(false);
  const lastRead = useRef(readUpTo);

  const rows = useMemo(() => {
    const among = entriesWithin(systemEntries, messages, { hasOlder, isDetached });
    return rowsOf({ messages, gaps, systemEntries: among, pending, me, newAbove });
  }, [messages, gaps, systemEntries, pending, me, newAbove, hasOlder, isDetached]);
  const blocks = useMemo(() => blocksOf(rows), [rows]);

  const [older, loadOlder] = useLoading(place.loadOlder);
  const [newer, loadNewer] = useLoading(place.loadNewer);
  const onNearTop = useCallback(() => {
    if (hasOlder && older === 'idle') loadOlder();
  }, [hasOlder, older, loadOlder]);
  const onNearEnd = useCallback(() => {
    if (newer === 'idle') loadNewer();
  }, [newer, loadNewer]);
  const scroller = useScroller(rows, { isDetached, onNearTop, onNearEnd });
  const { ref, isAtEnd, follows, onScroll, toEnd, toRow } = scroller;
  const { toLive } = place;
  const toPresent = useCallback(() => {
    toLive();
    toEnd();
  }, [toLive, toEnd]);

  const isReading = hasAttention && isAtEnd && !isDetached;
  useEffect(() => {
    if (cursor === undefined || readUpTo === undefined) return;
    const wasMissed = !hasOpened.current && unreadIn(live, readUpTo, me) > 0;
    const wasUnmarked = readUpTo < (lastRead.current ?? 0);
    hasOpened.current = true;
    lastRead.current = readUpTo;
    if (cursor === readUpTo) return;
    // Otherwise the line stays while the user reads.
    const isRead = isReading && follows.current;
    if (wasMissed || wasUnmarked || !isRead) setNewAbove(readUpTo);
    if (isRead) onRead(cursor);
  }, [isReading, follows, live, me, cursor, readUpTo, onRead]);

  // The list scrolls to the user's own message, wherever the user was reading.
  const lastSend = view.pending.at(-1)?.id;
  const followed = useRef(lastSend);
  useEffect(() => {
    if (lastSend !== undefined && lastSend !== followed.current) {
      setNewAbove(undefined);
      toPresent();
    }
    followed.current = lastSend;
  }, [lastSend, toPresent]);

  const [menu, setMenu] = useState<OpenMenu>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const { undo } = deletions;
  const { add, remove, dismiss } = reactions;
  const handlers = useMemo(
    () => ({
      onMenu: (message: MessageView, opener: HTMLElement) => setMenu({ message, opener }),
      onJump,
      onUndo: undo,
      // A refusal is shown at the message.
      onReact: (seq: number, name: string, on: boolean) =>
        void (on ? add : remove)(seq, name).catch(() => {}),
      onDismiss: dismiss,
      onRetry: (id: string) => void room.retry(id).catch(() => {}),
      onDiscard: (id: string) => void room.discard(id),
    }),
    [room, onJump, undo, add, remove, dismiss],
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

  const unread = unreadIn(live, readUpTo, me);

  return (
    <div className="list-frame">
      <div
        className="list"
        ref={ref}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        role="log"
        aria-label={`Messages in ${title.text}`}
        aria-busy={older === 'loading' || newer === 'loading' || cursor === undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
      >
        <div className="column">
          {rows.length > 0 && <ListStart title={title} place={place} older={older} onLoadOlder={loadOlder} />}
          {rows.length === 0 && cursor !== undefined && (
            <Suspense>
              <EmptyRoom room={view.name} title={title} />
            </Suspense>
          )}
          {blocks.map((block) => (
            <MessageBlock
              key={block.key}
              block={block}
              today={today}
              changes={changes}
              leaving={deletions.waiting}
              toggles={reactions.toggles}
              me={me}
              canReact={view.can.includes('react')}
              handlers={handlers}
            />
          ))}
          {!isDetached && (
            <Suspense>
              <DraftList key={view.name} room={room} />
            </Suspense>
          )}
          {isDetached && <ListEnd newer={newer} onLoadNewer={loadNewer} />}
        </div>
      </div>
      {menu && (
        <Suspense>
          <MessageMenu {...menu} me={me} can={view.can} actions={actions} onClose={closeMenu} />
        </Suspense>
      )}
      {(isDetached || !isAtEnd) && (
        <button type="button" className="to-end" onClick={toPresent}>
          <Icon name="chevron" />
          {isDetached && 'Jump to present'}
          {isDetached && unread > 0 && ', '}
          {unread > 0 && `${badge(unread)} new`}
          {!isDetached && unread === 0 && <span className="hidden">Jump to the latest message</span>}
        </button>
      )}
    </div>
  );
}

/** Loads more of the list, and tells how that goes. */
function useLoading(load: () => Promise<unknown>): [Loading, () => void] {
  const [state, setState] = useState<Loading>('idle');
  const start = useCallback(() => {
    setState('loading');
    load().then(
      () => setState('idle'),
      () => setState('failed'),
    );
  }, [load]);
  return [state, start];
}
