import type { NoticeQueue } from '../../ports/noticeQueue';
import { settleAll } from '../../util/settleAll';
import type { SendQueueMessage } from './sendQueueMessage';

/** Notices of one message: serving the most of them at once ends within the time of the function. */
export const NOTICES_PER_MESSAGE = 10;
/** Messages that are sent at the same time. */
const MESSAGES_AT_ONCE = 10;

/** Queues notices in an SQS queue, several in a message. */
export function createQueuedNotices(send: SendQueueMessage): NoticeQueue {
  return {
    async enqueue(notices, delayMs) {
      const starts = Array.from(
        { length: Math.ceil(notices.length / NOTICES_PER_MESSAGE) },
        (_, i) => i * NOTICES_PER_MESSAGE,
      );
      const work = async (): Promise<void> => {
        for (let start = starts.shift(); start !== undefined; start = starts.shift())
          await send(notices.slice(start, start + NOTICES_PER_MESSAGE), {
            DelaySeconds: Math.ceil(delayMs / 1000),
          });
      };
      await settleAll(...Array.from({ length: MESSAGES_AT_ONCE }, work));
    },
  };
}
