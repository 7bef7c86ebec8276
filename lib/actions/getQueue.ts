import type { Requester } from '../auth/requester';
import { serveEntries } from '../log/pendingChanges';
import { previewOf } from '../log/previewOf';
import { budgetFor } from '../log/readPage';
import type {
  ChatContext,
  ConnectionRoomContext,
  DecisionContext,
  ListedMemberContext,
  ReportContext,
} from '../ports/contexts';
import type { ListedMessage } from '../ports/heldStore';
import type { HeldItem, MessageEntry, QueuePage, Reply } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

const PREVIEW_CHARACTERS = 200;
const PAGE_HELD = 10;
const PAGE_REPORTS = 10;

/** As many reports with the longest ids, names, reasons and previews fit into a frame. */
const REPORT_BYTES = budgetFor(0).bytes / PAGE_REPORTS;

/** Each item is a read, and so is each reported message. */
const QUEUE_TOKENS = 5;

/** Where the queue goes on: after a held message, or where the reports begin. Anything else is a place among reports. */
const AFTER_HELD = 'held#';
const FIRST_REPORT = 'reports';

type QueueContext = ChatContext & ListedMemberContext & ReportContext & DecisionContext;

/** Lists what waits for a room's moderators: first the held messages, then the reported ones as they stand now. */
export async function getQueue(
  context: QueueContext & ConnectionRoomContext,
  requester: Requester,
  message: MessageOf<'getQueue'>,
): Promise<Reply> {
  const { room, from } = message;
  const refused = await chargeModerator(context, requester, message, QUEUE_TOKENS);
  if (refused) return refused;
  const isPastHeld = from !== undefined && !from.startsWith(AFTER_HELD);
  const held = isPastHeld
    ? { items: [], bytes: budgetFor(0).bytes }
    : await listHeld(context, room, from?.slice(AFTER_HELD.length) || undefined);
  const { items, bytes } = held;
  const limit = Math.floor(bytes / REPORT_BYTES);
  const next = 'last' in held ? AFTER_HELD + held.last : FIRST_REPORT;
  if ('last' in held || limit === 0) return { type: 'queue', room, items, next };
  const reports = await listReports(
    context,
    room,
    isPastHeld && from !== FIRST_REPORT ? from : undefined,
    limit,
  );
  return { type: 'queue', room, ...reports, items: [...items, ...reports.items] };
}

/** Lists held messages, as many as fit into a frame. `last` is the key of the last one where more follow. */
async function listHeld(
  { review, clock }: QueueContext,
  room: string,
  from: string | undefined,
): Promise<{ items: HeldItem[]; bytes: number; last?: string }> {
  const page = await review?.held.readPage(room, from, PAGE_HELD, clock.now());
  const items: HeldItem[] = [];
  let { bytes } = budgetFor(0);
  for (const item of (page?.messages ?? []).map(toItem)) {
    const size = byteLength(JSON.stringify(item)) + 1;
    const previous = items.at(-1);
    // One always fits: what a client sends is smaller than a frame of the server.
    if (previous && size > bytes) return { items, bytes, last: previous.held };
    items.push(item);
    bytes -= size;
  }
  return { items, bytes: Math.max(0, bytes), ...(page?.next !== undefined && { last: page.next }) };
}

function toItem({ held, at, request }: ListedMessage): HeldItem {
  const { room: _, id: __, of: ___, ...message } = request;
  return { kind: 'held', held, at, message };
}

async function listReports(
  context: QueueContext,
  room: string,
  from: string | undefined,
  limit: number,
): Promise<Pick<QueuePage, 'items' | 'next'>> {
  const { reports, next } = await context.reports.readPage(room, from, limit, context.clock.now());
  const messages = await readMessages(
    context,
    room,
    reports.map(({ of }) => of),
  );
  const items = reports.map((report) => {
    const reported = messages.get(report.of);
    const preview = reported && { message: previewOf(reported, PREVIEW_CHARACTERS) };
    return { kind: 'report' as const, ...report, ...preview };
  });
  return { items, ...(next !== undefined && { next }) };
}

async function readMessages(
  { log, clock }: ChatContext,
  room: string,
  seqs: readonly number[],
): Promise<Map<number, MessageEntry>> {
  const now = clock.now();
  const asked = [...new Set(seqs)];
  const entries = await serveEntries(log, room, await log.readRows(room, asked, now), now);
  return new Map(entries.flatMap((entry) => (entry.type === 'message' ? [[entry.seq, entry]] : [])));
}
