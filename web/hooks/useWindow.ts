import { useSyncExternalStore } from 'react';

/** Whether the user sees the page: it is in front and has the focus. */
export function useAttention(): boolean {
  return useSyncExternalStore(
    onAttention,
    () => document.visibilityState === 'visible' && document.hasFocus(),
  );
}

/** Whether the device reports a network. */
export function useOnline(): boolean {
  return useSyncExternalStore(onNetwork, () => navigator.onLine);
}

const onAttention = (changed: () => void) =>
  listening([
    [document, 'visibilitychange'],
    [window, 'focus'],
    [window, 'blur'],
  ])(changed);

const onNetwork = (changed: () => void) =>
  listening([
    [window, 'online'],
    [window, 'offline'],
  ])(changed);

const listening = (events: readonly [EventTarget, string][]) => (changed: () => void) => {
  for (const [target, event] of events) target.addEventListener(event, changed);
  return () => {
    for (const [target, event] of events) target.removeEventListener(event, changed);
  };
};
