import type { WakeQueue } from '../../ports/wakeQueue';
import type { SendQueueMessage } from './sendQueueMessage';

/** Queues wakes in an SQS queue whose consumer is the relay. */
export function createQueuedWakes(send: SendQueueMessage): WakeQueue {
  return { enqueue: (wake, delayMs) => send(wake, { DelaySeconds: Math.ceil(delayMs / 1000) }) };
}
