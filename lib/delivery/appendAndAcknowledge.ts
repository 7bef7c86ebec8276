import { appendEntry } from '../log/appendEntry';
import type { EntryDraft } from '../log/entryDraft';
import { expireSuperseded } from '../log/expiry';
import type { DuplicateSearch } from '../log/findDuplicate';
import { readEntry } from '../log/readPage';
import type { PublishContext } from '../ports/contexts';
import type { FanOutJob } from '../ports/fanOutQueue';
import type { Ack, ErrorFrame, MessageEntry, User } from '../protocol';
import { BEHIND, errorReply, refusalError, UNAVAILABLE } from '../protocol/errorReplies';
import { settleAll } from '../util/settleAll';
import { deliverEntry } from './deliverEntry';

/** An attempt to append ends after this, in milliseconds; its client sends again. */
const APPEND_TIMEOUT_MS = 20_000;

/** A message that is to be appended. */
export interface MessageDraft extends EntryDraft<MessageEntry> {
  text: string;
}

/** Makes a draft of a message. */
export function draftMessage(
  { room, id, text, after }: Omit<MessageDraft, 'from' | 'toEntry'>,
  from: User,
): MessageDraft {
  const toEntry = (seq: number, at: number): MessageEntry => ({ type: 'message', seq, id, text, from, at });
  return { room, id, text, after, from, toEntry };
}

/**
 * The start of a send, the connection that gets the reply, and whether the send was over its limit. It also has the
 * check that the author may still write.
 */
interface Circumstances {
  began: number;
  except?: string;
  isLimited?: boolean;
  isStillAllowed?(): Promise<boolean>;
}

/** Finishes a send after the search for a duplicate: writes it if it is new, delivers it and acknowledges it. */
export async function appendAndAcknowledge(
  context: PublishContext,
  send: MessageDraft,
  search: DuplicateSearch,
  { began, except, isLimited = false, isStillAllowed = async () => true }: Circumstances,
): Promise<Ack | ErrorFrame> {
  const refused = { action: 'sendMessage', room: send.room, id: send.id } as const;
  const job = (seq: number): FanOutJob => ({ room: send.room, seq, ...(except !== undefined && { except }) });
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
      const entry = await readEntry(context, send.room, written.seq);
      if (entry?.type !== 'message' && entry?.type !== 'erased') return errorReply(refused, BEHIND);
      context.metrics.increment('Duplicates');
      if (entry.type === 'erased') return acknowledge(send, written, true);
      await settleAll(
        isLimited ? Promise.resolve() : deliverEntry(context, job(entry.seq), entry),
        expireSuperseded(context, send.room, written.superseded),
      );
      return acknowledge(send, written, true, entry.text === send.text ? undefined : entry);
    }
    case 'written':
      context.metrics.increment('Messages');
      await settleAll(
        deliverEntry(context, job(written.entry.seq), written.entry),
        expireSuperseded(context, send.room, written.superseded),
      );
      return acknowledge(send, written.entry, false);
    default:
      return written satisfies never;
  }
}

function acknowledge(
  send: MessageDraft,
  { seq, at }: Pick<MessageEntry, 'seq' | 'at'>,
  isDuplicate: boolean,
  other?: MessageEntry,
): Ack {
  const { room, id } = send;
  const ack: Ack = { type: 'ack', room, id, seq, at };
  if (isDuplicate) ack.duplicate = true;
  if (other) ack.entry = other;
  return ack;
}
