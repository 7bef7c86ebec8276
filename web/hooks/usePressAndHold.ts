import { type PointerEvent, useRef } from 'react';

const HOLD_MS = 500;

/** Calls back when a finger rests on an element for half a second. Gives the handlers of the element. */
export function usePressAndHold(onHold: (element: HTMLElement) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const cancel = () => clearTimeout(timer.current);
  return {
    onPointerDown({ pointerType, currentTarget }: PointerEvent<HTMLElement>) {
      if (pointerType !== 'touch') return;
      cancel();
      timer.current = setTimeout(() => onHold(currentTarget), HOLD_MS);
    },
    onPointerMove: cancel,
    onPointerUp: cancel,
    onPointerCancel: cancel,
  };
}
