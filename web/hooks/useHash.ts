import { useSyncExternalStore } from 'react';

/** Follows the part of the address after `#`. */
export function useHash(): string {
  return useSyncExternalStore(onHash, () => location.hash);
}

function onHash(changed: () => void) {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

/** Goes to a room; `replace` leaves no step to go back to. */
export function goToRoom(room: string, replace = false): void {
  if (location.hash === `#${room}`) return;
  if (replace) location.replace(`#${room}`);
  else location.hash = room;
}
