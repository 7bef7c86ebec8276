import type { ChatContext } from '../ports/contexts';
import type { ReadMark } from '../ports/followStore';
import type { MentionCandidates } from '../ports/mentionStore';
import { type LogEntry, type Mentions, MOST_MENTIONS } from '../protocol';
import { byteLength } from '../protocol/byteLength';
import { serveEntries } from './pendingChanges';

/** One call reads candidates until they hold this much, in kilobytes. */
const MAX_KILOBYTES = 400;

/** What the database reads for a row at least, in kilobytes. */
const LEAST_KILOBYTES = 4;

/** Candidates of a room that are read at once. */
const CHUNK = MOST_MENTIONS + 1;

const MORE: Mentions = `${MOST_MENTIONS}+`;

/** A room up to its head, how far its user has read it, and the notes of the user's mentions there. */
export interface MentionedRoom {
  room: string;
  head: number;
  mark?: ReadMark | undefined;
  mentions: MentionCandidates;
}

/**
 * Counts in some rooms the messages that mention a user above the mark, by an entry of their own or by an edit, and still
 * do. The notes were read after the heads of the rooms. Reads candidates room after room, the newest first, until they
 * hold 400 KB in all: further rooms have `9+`, and so has a room whose notes above the mark are not whole.
 */
export async function countMentions(
  context: Pick<ChatContext, 'log' | 'clock'>,
  user: string,
  rooms: readonly MentionedRoom[],
): Promise<Mentions[]> {
  const budget = { kilobytes: MAX_KILOBYTES };
  const counts: Mentions[] = [];
  for (const asked of rooms) counts.push(await countRoom(context, user, asked, budget));
  return counts;
}

async function countRoom(
  { log, clock }: Pick<ChatContext, 'log' | 'clock'>,
  user: string,
  { room, head, mark, mentions }: MentionedRoom,
  budget: { kilobytes: number },
): Promise<Mentions> {
  const { seq: read = 0 } = mark ?? {};
  // What came after the head is for the client to count.
  const left = mentions.seqs.filter((seq) => seq > read && seq <= head).sort((a, b) => b - a);
  const messages = new Set<number>();
  while (left.length > 0 && messages.size <= MOST_MENTIONS) {
    if (budget.kilobytes <= 0) return MORE;
    const seqs = left.splice(0, CHUNK);
    const now = clock.now();
    const entries = await serveEntries(log, room, await log.readRows(room, seqs, now), now);
    for (const seq of entries.flatMap((entry) => mentioning(entry, user))) messages.add(seq);
    budget.kilobytes -= seqs.length * LEAST_KILOBYTES + byteLength(JSON.stringify(entries)) / 1024;
  }
  return messages.size > MOST_MENTIONS || mentions.forgottenUpTo > read ? MORE : messages.size;
}

/** The seq of the message that an entry is or changes, if that message mentions a user now. */
function mentioning(entry: LogEntry, user: string): number[] {
  if (entry.type !== 'message' && entry.type !== 'edited') return [];
  if (!entry.mentions?.includes(user)) return [];
  return [entry.type === 'message' ? entry.seq : entry.of];
}
