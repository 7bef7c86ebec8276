import { createNoticeContext } from '../lib/app/pushContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { noticeRows } from '../lib/push/noticeRows';
import { type BatchFailures, failuresOf, parseRowRecords } from '../lib/push/parseRecords';

const shared = createNoticeContext();

/** Queues a notice for each user whom the rows of a batch concern. */
export const handler = withTelemetry(
  'noticeMessages',
  async (event: unknown, metrics): Promise<BatchFailures> =>
    failuresOf(await noticeRows({ ...shared, metrics }, parseRowRecords(event))),
);
