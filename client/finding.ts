/** Messages of a room away from its live end: around a message, or from a time on. */

import type { History, LogEntry } from '../lib/protocol';
import { MAX_MESSAGES } from './common/constants';
import { ChatError } from './common/errors';
import type { Clock } from './common/platform';
import type { Room, RoomSnapshot, Unsubscribe } from './common/roomTypes';
import { type Position, readWithEntries } from './finding/readWithEntries';
import { loadOlder } from './history';
import * as defaults from './platform/defaults';
import { isChange } from './timeline/foldChange';
import { createMessageWindow, type MessageWindow } from './timeline/messageWindow';
import { prependPage } from './timeline/prependPage';
import { createEmitter } from './util/emitter';

/** A time may be followed by changes alone: of more pages without a message none is read. */
const MAX_PAGES_WITHOUT_MESSAGE = 10;

/** What to show. Immutable; another object after each change. */
export interface FinderSnapshot
  extends Pick<RoomSnapshot, 'messages' | 'gaps' | 'hasOlder' | 'olderExpired'> {
  /** The messages end before the room's live end: `loadNewer()` would bring the next ones. */
  readonly isDetached: boolean;
}

/** Where to go: a message by its seq, or a time in milliseconds. */
export type Destination = number | { readonly at: number };

/** The messages of a room from any place of its log. The room itself stays at its live end. */
export interface Finder {
  readonly snapshot: FinderSnapshot;
  /**
   * Shows a place, if it is not shown yet; resolves with the seq of the message there. For a time this is the first
   * message from then on, or the last one of the room. Rejects with `gone` if there is no such message, and with
   * `discarded` if another jump or `toLive()` came meanwhile.
   */
  jump(to: Destination): Promise<number>;
  /** Shows the room's live end again. */
  toLive(): void;
  /** Adds the page before the first message; tells whether there are still older ones. */
  loadOlder(): Promise<boolean>;
  /** Adds the page after the last message; tells whether there are still newer ones. */
  loadNewer(): Promise<boolean>;
  /** Calls back after each change of the snapshot. */
  onChange(listener: () => void): Unsubscribe;
  /** Ends the subscription to the room. */
  stop(): void;
}

/** Options of {@link createFinder}. All have defaults. */
export interface FinderOptions {
  clock?: Clock;
  /** Messages kept besides those that `loadOlder` brought: 1,000 by default. */
  keepMessages?: number;
  /** Called with what listeners throw; writes to the console by default. */
  onError?(error: unknown): void;
}

/** The messages of a place, and the last seq that they reach. */
interface View {
  window: MessageWindow;
  end: number;
}

/** Creates a finder that shows the live end of a room. */
export function createFinder(
  room: Room,
  { clock = defaults.clock, keepMessages = MAX_MESSAGES, onError = console.error }: FinderOptions = {},
): Finder {
  const emitter = createEmitter<{ change(): void }>(onError);
  /** `undefined` at the live end. */
  let view: View | undefined;
  /** What a jump has read and does not show yet. */
  let upcoming: View | undefined;
  let shown: Omit<FinderSnapshot, 'isDetached'> | undefined;
  let snapshot: FinderSnapshot | undefined;
  let jumps = 0;
  let older: Promise<boolean> | undefined;
  let newer: Promise<boolean> | undefined;

  const changed = (): void => {
    snapshot = undefined;
    emitter.emit('change');
  };
  const show = (next: View | undefined): void => {
    view = next;
    upcoming = undefined;
    shown = undefined;
    changed();
  };
  const toLive = (): void => {
    jumps++;
    upcoming = undefined;
    if (view) show(undefined);
  };
  const isDetached = (): boolean => view !== undefined && view.end < (room.snapshot.cursor ?? 0);

  /** Adds the entry that is next, and applies a change wherever its message is. Tells whether it did. */
  const take = (target: View, entry: LogEntry): boolean => {
    const isNext = entry.seq === target.end + 1;
    if (!isNext && !isChange(entry)) return false;
    if (isNext) target.end = entry.seq;
    target.window.append(entry);
    return true;
  };

  const read = <T>(position: Position, apply: (page: History, since: readonly LogEntry[]) => T) =>
    readWithEntries(room, clock, position, apply);

  const readFirst = (to: Destination, own: number): Promise<View> =>
    read(typeof to === 'number' ? { around: to } : { at: Math.floor(to.at) }, (page, since) => {
      const last = page.messages.at(-1);
      if (own !== jumps) throw superseded();
      if (!last) throw gone();
      const window = createMessageWindow(keepMessages);
      const next: View = { window, end: last.seq };
      page.messages.forEach(window.append);
      window.setOlder(page.older === true, page.truncated);
      for (const entry of since) take(next, entry);
      upcoming = next;
      return next;
    });

  /** Reads the page above a view into it. */
  const extend = (target: View): Promise<void> =>
    read({ after: target.end }, ({ messages, reset }, since) => {
      const next = messages.find(({ seq }) => seq > target.end);
      const isNext = next ? next.seq === target.end + 1 : view !== target || !isDetached();
      // What follows has expired, or the log is another one: only the live end is whole.
      if ((reset || !isNext) && view === target) toLive();
      for (const entry of [...messages, ...since]) take(target, entry);
      if (view === target) show(target);
    });

  const placeIn = ({ window }: View, to: Destination): number | undefined => {
    const { messages } = window.snapshot();
    if (typeof to === 'number') return window.find(to)?.seq;
    return (messages.find(({ at }) => at >= to.at) ?? messages.at(-1))?.seq;
  };

  const jump = async (to: Destination): Promise<number> => {
    const own = ++jumps;
    if (typeof to === 'number') {
      if (view?.window.find(to)) return to;
      if (room.snapshot.messages.some(({ seq }) => seq === to)) {
        if (view) show(undefined);
        return to;
      }
    }
    const next = await readFirst(to, own);
    let place = placeIn(next, to);
    for (let page = 0; place === undefined && typeof to !== 'number'; page++) {
      const { end } = next;
      if (page < MAX_PAGES_WITHOUT_MESSAGE) await extend(next);
      if (own !== jumps) throw superseded();
      if (next.end === end) break;
      place = placeIn(next, to);
    }
    if (place === undefined) throw gone();
    show(next);
    return place;
  };

  const extendBack = async (): Promise<boolean> => {
    const target = view;
    const before = target?.window.olderThan();
    if (!target) return loadOlder(room);
    if (before === undefined) return false;
    await read({ before }, (page, since) => {
      prependPage(target.window, page, before);
      for (const entry of since) take(target, entry);
      if (view === target) show(target);
    });
    return target.window.olderThan() !== undefined;
  };

  const loadNewer = async (): Promise<boolean> => {
    if (view && isDetached()) await extend(view);
    return isDetached();
  };

  const stops = [
    room.on('entry', (entry) => {
      if (upcoming) take(upcoming, entry);
      if (view && take(view, entry)) shown = undefined;
    }),
    room.on('gap', toLive),
    room.on('reset', toLive),
    room.on('change', changed),
  ];

  return {
    get snapshot() {
      shown = view ? (shown ?? view.window.snapshot()) : undefined;
      const { messages, gaps, hasOlder, olderExpired } = shown ?? room.snapshot;
      snapshot ??= { messages, gaps, hasOlder, olderExpired, isDetached: isDetached() };
      return snapshot;
    },
    jump,
    toLive,
    loadOlder() {
      older ??= extendBack().finally(() => {
        older = undefined;
      });
      return older;
    },
    loadNewer() {
      newer ??= loadNewer().finally(() => {
        newer = undefined;
      });
      return newer;
    },
    onChange: (listener) => emitter.on('change', listener),
    stop() {
      for (const stop of stops) stop();
      toLive();
    },
  };
}

function gone(): ChatError {
  return new ChatError('gone', 'The message is not in the room: it has expired, or it was erased.');
}

function superseded(): ChatError {
  return new ChatError('discarded', 'Another jump came meanwhile.');
}
