import type { Unsubscribe } from '../common/roomTypes';

// Listeners of one event, whatever they take: `on` and `emit` keep the types together.
type Listener = (...args: never[]) => void;
type Listeners<E> = { [K in keyof E]: Listener };

/** Keeps listeners by event. An error of a listener is reported and affects no other listener. */
export interface Emitter<E extends Listeners<E>> {
  on<K extends keyof E>(event: K, listener: E[K]): Unsubscribe;
  emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): void;
}

/** Creates an emitter. `report` gets what listeners throw. */
export function createEmitter<E extends Listeners<E>>(report: (error: unknown) => void): Emitter<E> {
  // Each in an object of its own: a listener that is given twice is called twice.
  const all = new Set<{ event: keyof E; listener: Listener }>();
  return {
    on(event, listener) {
      const own = { event, listener };
      all.add(own);
      return () => all.delete(own);
    },
    emit(event, ...args) {
      for (const own of [...all]) {
        try {
          if (own.event === event && all.has(own)) own.listener(...(args as never[]));
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
