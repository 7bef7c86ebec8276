import type { ChatOutbox } from '../client';
import { createBrowserOutbox, eraseBrowserOutbox } from '../client/outbox/browser';
import { createMemoryOutbox, forChat } from '../client/outbox/forChat';

/** Keeps unsent messages through a reload; where the browser cannot, as long as the page is open. */
export function createOutbox(): ChatOutbox {
  const stored = createBrowserOutbox();
  const unstored = createMemoryOutbox();
  return forChat({
    async open() {
      try {
        return await stored.open();
      } catch {
        return unstored.open();
      }
    },
  });
}

/** Forgets what was not sent: the next person at this browser has no business with it. */
export async function eraseOutbox(): Promise<void> {
  // A browser that stores nothing has nothing to forget.
  await eraseBrowserOutbox().catch(() => {});
}
