import { type KeyboardEvent, type RefObject, useCallback } from 'react';

/** Moves between the messages of a list by the arrow keys. Enter opens the menu of the focused one. */
export function useRowKeys(list: RefObject<HTMLElement | null>): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined || event.altKey) return;
      const menus = [...(list.current?.querySelectorAll<HTMLElement>('.row-menu') ?? [])];
      const at = menus.indexOf(document.activeElement as HTMLElement);
      if (at < 0 && event.target !== list.current) return;
      const next = at < 0 ? menus.at(-1) : menus[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    },
    [list],
  );
}
