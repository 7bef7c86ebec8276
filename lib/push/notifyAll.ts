import type { Notice } from '../ports/noticeQueue';
import { settleAll } from '../util/settleAll';
import { countFailure } from './countFailure';
import type { NotifyContext } from './notifyContext';
import { notifyUser } from './notifyUser';
import type { NoticeRecord } from './parseRecords';

/** Notices that one invocation works on at the same time. */
const NOTICES_AT_ONCE = 10;

/** Serves notices. Gives the records that must come again: what was done of one is not done twice. */
export async function notifyAll(
  context: NotifyContext,
  records: readonly NoticeRecord[],
): Promise<NoticeRecord[]> {
  const left = records.flatMap((record) => record.notices.map((notice) => ({ record, notice })));
  const failed = new Set<NoticeRecord>();
  const serve = async (record: NoticeRecord, notice: Notice): Promise<void> => {
    try {
      await notifyUser(context, notice);
    } catch (error) {
      countFailure(context.metrics, notice.room, error);
      failed.add(record);
    }
  };
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await serve(next.record, next.notice);
  };
  await settleAll(...Array.from({ length: NOTICES_AT_ONCE }, work));
  return [...failed];
}
