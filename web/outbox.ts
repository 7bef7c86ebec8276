import { createMemoryOutbox, type Outbox } from '../client';
import { createBrowserOutbox } from '../client/outbox/browser';

/** Keeps unsent messages through a reload; where the browser cannot, as long as the page is open. */
export function createOutbox(): Outbox {
  const stored = createBrowserOutbox();
  const unstored = createMemoryOutbox();
  return {
    async open() {
      try {
        return await stored.open();
      } catch {
        return unstored.open();
      }
    },
  };
}
