import { appendEntry } from '../log/appendEntry';
import { expireSuperseded } from '../log/expiry';
import type { DuplicateSearch } from '../log/findDuplicate';
import { beginsPending, completeChange, serveEntries, withoutWords } from '../log/pendingChanges';
import { readEntry } from '../log/readPage';
import type { PublishContext } from '../ports/contexts';
import type { FanOutJob } from '../ports/fanOutQueue';
import type { Change } from '../ports/logStore';
import type { Ack, ErrorFrame, LogEntry, MessageEntry } from '../protocol';
import { BEHIND, errorReply, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import type { MetricName } from '../telemetry/invocationMetrics';
import { settleAll } from '../util/settleAll';
import { deliverEntry } from './deliverEntry';
import type { SendDraft } from './entryDrafts';

/** What counts a new entry. */
const METRICS = {
  sendMessage: 'Messages',
  editMessage: 'Edits',
  deleteMessage: 'Deletions',
} as const satisfies Record<SendDraft['action'], MetricName>;

/** An attempt to append ends after this, in milliseconds; its client sends again. */
const APPEND_TIMEOUT_MS = 20_000;

/** A draft, and what the log has of it. `isReplaced`: it is other than what its author sent. */
export interface SearchedDraft {
  draft: SendDraft;
  search: DuplicateSearch;
  isReplaced?: boolean;
}

/** How a send came: when it began, the connection that gets the reply, and whether the send was over its limit. */
interface Circumstances {
  began: number;
  except?: string;
  isLimited?: boolean;
  /** Tells whether the author may still write. */
  isStillAllowed?(): Promise<boolean>;
}

/**
 * Finishes a send, an edit or a deletion after the search for a duplicate: writes it if it is new, completes a change,
 * delivers it and acknowledges it.
 */
export async function appendAndAcknowledge(
  context: PublishContext,
  { draft: send, search, isReplaced = false }: SearchedDraft,
  { began, except, isLimited = false, isStillAllowed = async () => true }: Circumstances,
): Promise<Ack | ErrorFrame> {
  const { action, room, id } = send;
  const { logId: log } = context.settings;
  const refused = { action, room, id };
  const job = (seq: number): FanOutJob => ({ room, seq, ...(except !== undefined && { except }) });
  const written =
    search.kind === 'notFound'
      ? await appendEntry(context, send, search, began + APPEND_TIMEOUT_MS, isStillAllowed)
      : search;
  switch (written.kind) {
    case 'behind':
      return errorReply(refused, BEHIND);
    case 'unavailable':
      return errorReply(refused, UNAVAILABLE);
    case 'removed':
      return errorReply(refused, refusalError({ kind: 'notMember' }));
    case 'duplicate': {
      const entry = await readEntry(context, room, written.seq);
      if (entry === undefined || entry.type === 'unknown') return errorReply(refused, BEHIND);
      context.metrics.increment('Duplicates');
      await settleAll(
        isLimited || entry.type === 'erased'
          ? Promise.resolve()
          : deliverEntry(context, job(entry.seq), entry),
        expireSuperseded(context, room, written.superseded),
      );
      const ack: Ack = { type: 'ack', room, log, id, seq: written.seq, at: written.at, duplicate: true };
      return written.differs || isReplaced || tellsMore(entry) ? { ...ack, entry } : ack;
    }
    case 'written': {
      const entry = await completed(context, room, written.entry);
      context.metrics.increment(METRICS[action]);
      await settleAll(
        deliverEntry(context, job(entry.seq), entry),
        expireSuperseded(context, room, written.superseded),
      );
      const ack: Ack = { type: 'ack', room, log, id, seq: written.entry.seq, at: written.entry.at };
      return isReplaced || tellsMore(entry) ? { ...ack, entry } : ack;
    }
    default:
      return written satisfies never;
  }
}

/** Whether an entry tells its sender more than the frame did: of files a client knows the ids only, of roles nothing. */
function tellsMore(entry: LogEntry): boolean {
  return entry.type !== 'message' || entry.files !== undefined || entry.from.role !== undefined;
}

/** Completes a new entry, and gives it as it may be told. */
async function completed(
  context: PublishContext,
  room: string,
  entry: MessageEntry | Change,
): Promise<LogEntry> {
  if (entry.type === 'message') {
    if (beginsPending(entry)) await completeChange(context.log, room, entry);
    return entry;
  }
  const isApplied = await completeChange(context.log, room, entry);
  if (entry.type === 'edited' && isApplied) return { ...entry, rev: entry.seq };
  const [told = entry] = await serveEntries(context.log, room, [withoutWords(entry)], context.clock.now());
  return told;
}
