import type { LogEntry } from '../protocol';
import type { Archive } from './eraseCommand';

/** Entries a page holds: of the longest texts they still fit into what a function may return. */
const PAGE = 250;

/** A part of a room's history, oldest first; `next` is the `after` of the page above, missing at the head. */
export interface ExportPage {
  messages: LogEntry[];
  next?: number;
}

/** Reads what has not expired of a room's log, upwards from the seq after `after`. */
export async function exportPage({ log, clock }: Archive, room: string, after = 0): Promise<ExportPage> {
  const messages = await log.up(room, after + 1, PAGE, clock.now());
  const last = messages.at(-1);
  return { messages, ...(last && messages.length === PAGE && { next: last.seq }) };
}
