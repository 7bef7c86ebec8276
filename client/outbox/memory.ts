/** An outbox in memory, and what an app's own outbox needs: the entry point `edge-chat/outbox`. */

import type { Outbox } from '../common/outboxTypes';
import { createMemoryStore } from './memoryStore';
import { createOutbox } from './outboxSession';

export { createOutbox };

/** Creates an outbox in memory. Chats that share it do not send each other's messages until one chat is closed. */
export function createMemoryOutbox(): Outbox {
  return createOutbox(createMemoryStore());
}
