import { serveEntries } from '../log/pendingChanges';
import type { Notice } from '../ports/noticeQueue';
import { isDirect, type MessageEntry } from '../protocol';
import { hashOf } from '../util/hashOf';
import { settleAll } from '../util/settleAll';
import type { NoticeContext } from './noticeContext';

/** A user who is notified of all messages of a room. */
interface Reader {
  userHash: string;
  since?: number;
}

/**
 * Queues a notice for each user whom new messages of a room concern: those whom a message mentions, those who are
 * notified of all messages, and the other user of a direct room. Nobody is told of an own message. A notice comes once
 * the newest message has waited for its time.
 */
export async function noticeMessages(
  context: NoticeContext,
  room: string,
  seqs: readonly number[],
): Promise<void> {
  const { log, clock, notices, notifyAfterMs } = context;
  const now = clock.now();
  const entries = await serveEntries(log, room, await log.readRows(room, seqs, now), now);
  const messages = entries.filter((entry) => entry.type === 'message');
  const readers = messages.length > 0 ? await readersOf(context, room, messages) : [];
  const due = [
    ...messages.flatMap((message) => ofMentions(room, message)),
    ...ofReaders(room, messages, readers),
  ];
  if (due.length === 0) return;
  const newest = Math.max(...messages.map(({ at }) => at));
  await notices.enqueue(due, Math.max(0, Math.min(notifyAfterMs, newest + notifyAfterMs - now)));
}

/** A user may have left the list before, so a mention has a notice of its own. */
function ofMentions(room: string, { seq, from, mentions = [] }: MessageEntry): Notice[] {
  return mentions
    .filter((id) => id !== from.id)
    .map((id) => ({ userHash: hashOf(id), room, seq, isMention: true }));
}

/** Of several messages a reader has a notice of the newest that another user wrote. */
function ofReaders(room: string, messages: readonly MessageEntry[], readers: readonly Reader[]): Notice[] {
  const newestFirst = messages
    .map(({ seq, from }) => ({ seq, author: hashOf(from.id) }))
    .sort((a, b) => b.seq - a.seq);
  return readers.flatMap(({ userHash, since }) => {
    const newest = newestFirst.find(({ author }) => author !== userHash);
    if (!newest) return [];
    const watcher = since !== undefined && { watcher: since };
    return [{ userHash, room, seq: newest.seq, isMention: false, ...watcher }];
  });
}

async function readersOf(
  { notifications, watchers, clock }: NoticeContext,
  room: string,
  messages: readonly MessageEntry[],
): Promise<Reader[]> {
  if (!isDirect(room)) return watchers.list(room);
  const authors = [...new Set(messages.map(({ from }) => from.id))];
  const states = await settleAll(...authors.map((id) => notifications.read(hashOf(id), room, clock.now())));
  return states.flatMap((state) => (state?.with === undefined ? [] : [{ userHash: hashOf(state.with) }]));
}
