import { eraseBrowserOutbox } from '../client/outbox/browser';

/** Forgets what was not sent: the next person at this browser has no business with it. */
export async function eraseOutbox(): Promise<void> {
  // A browser that stores nothing has nothing to forget.
  await eraseBrowserOutbox().catch(() => {});
}
