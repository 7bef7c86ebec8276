import type { Stop } from './types';

// Listeners of one event, whatever they take: `on` and `emit` keep the types together.
type Listener = (...args: never[]) => void;
type Listeners<E> = { [K in keyof E]: Listener };

/** Keeps listeners by event; what one of them throws is reported and harms nobody else. */
export interface Emitter<E extends Listeners<E>> {
  on<K extends keyof E>(event: K, listener: E[K]): Stop;
  emit<K extends keyof E>(event: K, ...args: Parameters<E[K]>): void;
}

export function createEmitter<E extends Listeners<E>>(report: (error: unknown) => void): Emitter<E> {
  const listeners = new Map<keyof E, Set<Listener>>();
  return {
    on(event, listener) {
      const own = (...args: never[]) => listener(...args);
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(own));
      return () => known.delete(own);
    },
    emit(event, ...args) {
      for (const listener of [...(listeners.get(event) ?? [])]) {
        try {
          listener(...(args as never[]));
        } catch (error) {
          report(error);
        }
      }
    },
  };
}
