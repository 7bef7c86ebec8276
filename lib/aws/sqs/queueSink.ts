import { eventId } from '../../events/eventId';
import type { EventSink } from '../../ports/eventSink';
import type { SendQueueMessage } from './sendQueueMessage';

/** Sends events to an SQS FIFO queue, in order for each room. The queue drops a repeat within five minutes. */
export function createQueueSink(send: SendQueueMessage): EventSink {
  return {
    send: (event) => send(event, { MessageGroupId: event.room, MessageDeduplicationId: eventId(event) }),
  };
}
