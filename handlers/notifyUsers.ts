import { createNotifyContext } from '../lib/app/pushContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { notifyAll } from '../lib/push/notifyAll';
import { type BatchFailures, failuresOf, parseNoticeRecords } from '../lib/push/parseRecords';

const shared = createNotifyContext();

/** Serves the notices that are due. */
export const handler = withTelemetry(
  'notifyUsers',
  async (event: unknown, metrics): Promise<BatchFailures> =>
    failuresOf(await notifyAll({ ...shared, metrics }, parseNoticeRecords(event))),
);
