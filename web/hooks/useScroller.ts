import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface Scroller {
  ref: RefObject<HTMLDivElement | null>;
  /** The end of the list is in sight, and stays so as it grows. */
  isAtEnd: boolean;
  /** The same before the next rendering: a user may have scrolled since the last one. */
  follows: RefObject<boolean>;
  onScroll(): void;
  toEnd(): void;
  /** Shows the row of a message in the middle, and marks it for a moment. A focus in the list moves there. */
  toRow(seq: number): void;
}

const NEAR_END_PX = 40;
/** More is loaded this far before an end. */
const NEAR_PX = 800;

interface Ends {
  /** The list ends before the live end of the room: it does not follow. */
  isDetached: boolean;
  onNearTop(): void;
  /** Called near the end of a detached list. */
  onNearEnd(): void;
}

/**
 * Scrolls a list that grows at both ends: at its end it follows, elsewhere the visible row stays in place.
 * `content` is what the rows are made of.
 */
export function useScroller(content: unknown, { isDetached, onNearTop, onNearEnd }: Ends): Scroller {
  const ref = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const held = useRef<{ row: Element; top: number } | undefined>(undefined);

  const look = useCallback(() => {
    const list = ref.current;
    if (!list) return;
    const hasMovedUp = list.scrollTop < lastTop.current;
    const below = list.scrollHeight - list.scrollTop - list.clientHeight;
    lastTop.current = list.scrollTop;
    // Only a user scrolls up. Otherwise the list grew: the height of a row is a guess until it is visible.
    follows.current = !isDetached && (below < NEAR_END_PX || (follows.current && !hasMovedUp));
    held.current = follows.current ? undefined : firstInSight(list);
    setAtEnd(follows.current);
    if (list.scrollTop < NEAR_PX) onNearTop();
    if (isDetached && below < NEAR_PX) onNearEnd();
  }, [isDetached, onNearTop, onNearEnd]);

  const settle = useCallback(() => {
    const list = ref.current;
    if (!list) return;
    // A user has scrolled up, and the event of that is still to come.
    if (follows.current && list.scrollTop < lastTop.current) look();
    const { row, top } = held.current ?? {};
    if (follows.current && !isDetached) list.scrollTop = list.scrollHeight;
    else if (row?.isConnected && top !== undefined) list.scrollTop += topOf(row) - top;
    lastTop.current = list.scrollTop;
  }, [isDetached, look]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are what moves the list, not what it reads.
  useLayoutEffect(() => {
    settle();
    look();
  }, [content, settle, look]);

  useEffect(() => {
    const list = ref.current;
    if (!list) return;
    // The window, the keyboard of a phone and the compose box change the list's height without any scrolling.
    const observer = new ResizeObserver(settle);
    for (const element of [list, ...list.children]) observer.observe(element);
    return () => observer.disconnect();
  }, [settle]);

  const toEnd = useCallback(() => {
    follows.current = true;
    held.current = undefined;
    settle();
    setAtEnd(true);
  }, [settle]);

  const toRow = useCallback(
    (seq: number) => {
      const list = ref.current;
      const row = list?.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
      if (!list || !row) return;
      follows.current = false;
      const focused = document.activeElement;
      // What had the focus may have gone with the rows around it.
      if (focused === document.body || list.contains(focused))
        (row.querySelector<HTMLElement>('.row-menu') ?? list).focus({ preventScroll: true });
      row.scrollIntoView({ block: 'center' });
      row.classList.remove('found');
      // Reading the layout restarts the animation.
      void row.offsetWidth;
      row.classList.add('found');
      look();
    },
    [look],
  );

  return { ref, isAtEnd, follows, onScroll: look, toEnd, toRow };
}

/** The first visible row and its position. */
function firstInSight(list: HTMLElement): { row: Element; top: number } | undefined {
  const edge = topOf(list);
  // Not by a selector, which would walk through every row at each scroll.
  const isInSight = (each: Element) => each.getBoundingClientRect().bottom > edge;
  const block = [...(list.firstElementChild?.children ?? [])].find(
    (each) => each.className === 'block' && isInSight(each),
  );
  const row = [...(block?.children ?? [])].find(isInSight);
  return row && { row, top: topOf(row) };
}

function topOf(element: Element): number {
  return element.getBoundingClientRect().top;
}
