import { useEffect } from 'react';
import { goToRoom } from './useHash';

/** Alt with the up or down arrow goes to the room above or below. */
export function useRoomKeys(names: readonly string[], current: string): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || event.ctrlKey || event.metaKey || step === undefined) return;
      const next = names[(names.indexOf(current) + step + names.length) % names.length];
      if (next === undefined) return;
      event.preventDefault();
      goToRoom(next);
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [names, current]);
}
