import { eraseBrowserOutbox } from '../client/outbox/browser';

/** Removes unsent messages, so that the next user of this browser does not see them. */
export async function eraseOutbox(): Promise<void> {
  // A browser that stores nothing has nothing to remove.
  await eraseBrowserOutbox().catch(() => {});
}
