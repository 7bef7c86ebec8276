import { settleAll } from '../util/settleAll';
import { countFailure } from './countFailure';
import type { NoticeContext } from './noticeContext';
import { noticeMessages } from './noticeMessages';
import type { RowRecord } from './parseRecords';

/** Rooms that one invocation works on at the same time. */
const ROOMS_AT_ONCE = 10;

/** Queues the notices of new rows. Gives the records that must come again: those of a room where a call failed. */
export async function noticeRows(
  context: NoticeContext,
  records: readonly RowRecord[],
): Promise<RowRecord[]> {
  const rooms = [...new Set(records.map(({ room }) => room))];
  const failed = new Set<string>();
  const work = async (): Promise<void> => {
    for (let room = rooms.shift(); room !== undefined; room = rooms.shift()) {
      const seqs = records.filter((record) => record.room === room).map(({ seq }) => seq);
      try {
        await noticeMessages(context, room, [...new Set(seqs)]);
      } catch (error) {
        countFailure(context.metrics, room, error);
        failed.add(room);
      }
    }
  };
  await settleAll(...Array.from({ length: ROOMS_AT_ONCE }, work));
  return records.filter(({ room }) => failed.has(room));
}
