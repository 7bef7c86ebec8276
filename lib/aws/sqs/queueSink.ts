import type { EventSink } from '../../ports/eventSink';
import type { SendQueueMessage } from './sendQueueMessage';

/**
 * Sends events to an SQS FIFO queue, in order for each room. `newId` gives every send an id of its own: the queue would
 * silently drop an event of a replay that it got within the last five minutes.
 */
export function createQueueSink(send: SendQueueMessage, newId: () => string): EventSink {
  return {
    send: (event) => send(event, { MessageGroupId: event.room, MessageDeduplicationId: newId() }),
  };
}
