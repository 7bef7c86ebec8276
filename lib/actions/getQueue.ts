import type { Requester } from '../auth/requester';
import { serveEntries } from '../log/pendingChanges';
import { previewOf } from '../log/previewOf';
import type { ChatContext, ConnectionRoomContext, MembershipContext, ReportContext } from '../ports/contexts';
import type { MessageEntry, Reply } from '../protocol';
import type { MessageOf } from '../protocol/frames';
import { chargeModerator } from './chargeModerator';

/** As many of the longest ids, names, reasons and previews fit into a frame. */
const PAGE_REPORTS = 10;
const PREVIEW_CHARACTERS = 200;

/** Each report is a read, and so is each message. */
const QUEUE_TOKENS = 5;

/** Lists the reported messages of a room for a moderator, as they stand now. */
export async function getQueue(
  context: ChatContext & ConnectionRoomContext & MembershipContext & ReportContext,
  requester: Requester,
  message: MessageOf<'getQueue'>,
): Promise<Reply> {
  const { room, from } = message;
  const refused = await chargeModerator(context, requester, message, QUEUE_TOKENS);
  if (refused) return refused;
  const { reports, next } = await context.reports.readPage(room, from, PAGE_REPORTS, context.clock.now());
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
  return { type: 'queue', room, items, ...(next !== undefined && { next }) };
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
