import type { Clock } from '../ports/clock';
import { type Change, type LogStore, NOTHING_EXPIRED } from '../ports/logStore';
import type { MentionStore } from '../ports/mentionStore';
import type { MessageEntry } from '../protocol';
import { settleAll } from '../util/settleAll';

/**
 * Adds to a log what the counts of mentions need: users whom a message mentions, or an edit mentions as the first, get a
 * note of its seq. Until that is done the entry is pending, and no client is told of it.
 */
export function logWithMentions(log: LogStore, mentions: MentionStore, clock: Pick<Clock, 'now'>): LogStore {
  return {
    ...log,

    async applyChange(room, change) {
      const users = await newlyMentioned(log, room, change);
      await settleAll(...users.map((user) => mentions.add(user, room, change.seq, clock.now())));
      return log.applyChange(room, change);
    },
  };
}

/** The users whom an entry mentions, besides its author. */
export function othersMentioned(entry: MessageEntry | Change): string[] {
  if (entry.type !== 'message' && entry.type !== 'edited') return [];
  return (entry.mentions ?? []).filter((user) => user !== entry.from.id);
}

/** The users whom an entry mentions and its target did not. Whatever is below an edit is applied before it is written. */
async function newlyMentioned(log: LogStore, room: string, change: Change | MessageEntry): Promise<string[]> {
  const users = othersMentioned(change);
  if (change.type !== 'edited' || users.length === 0) return users;
  const [target] = await log.readRows(room, [change.of], NOTHING_EXPIRED);
  const message = target?.type === 'pending' ? target.change : target;
  if (message?.type !== 'message') return [];
  return users.filter((user) => !message.mentions?.includes(user));
}
