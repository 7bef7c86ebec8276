import { createMemoryOutbox, type Outbox } from '../client';
import { createBrowserOutbox, eraseBrowserOutbox } from '../client/outbox/browser';

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

/** Forgets what was not sent: the next person at this browser has no business with it. */
export async function eraseOutbox(): Promise<void> {
  // A browser that stores nothing has nothing to forget.
  await eraseBrowserOutbox().catch(() => {});
}
