import { serveEntries } from '../log/pendingChanges';
import type { LogEntry } from '../protocol';
import type { OperatorContext } from './eraseCommand';

/** Entries a page holds: of the longest texts they still fit into what a function may return. */
const PAGE = 200;

/** A part of a room's history, oldest first; `next` is the `after` of the page above, missing at the head. */
export interface ExportPage {
  messages: LogEntry[];
  next?: number;
}

/** Reads what has not expired of a room's log, upwards from the seq after `after`. */
export async function readExportPage(
  { log, clock }: Pick<OperatorContext, 'log' | 'clock'>,
  room: string,
  after = 0,
): Promise<ExportPage> {
  const now = clock.now();
  const read = await log.readForward(room, after + 1, PAGE, now);
  const messages = await serveEntries(log, room, read, now);
  const last = read.at(-1);
  return { messages, ...(last && read.length === PAGE && { next: last.seq }) };
}
