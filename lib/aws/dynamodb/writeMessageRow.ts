import { beginsPending } from '../../log/pendingChanges';
import { SERVER } from '../../log/serverUser';
import type { NewEntry } from '../../ports/logStore';
import type { Content, ReactionSummary } from '../../protocol';
import { byteLength } from '../../protocol/byteLength';
import type { MessageRow } from './messageRow';
import { toUserAttributes } from './userAttributes';

/** Makes the row of a new entry, with the mark of those that begin as pending. */
export function toRow(room: string, entry: NewEntry, hash: string | undefined): MessageRow {
  const { seq, type, id, at } = entry;
  const hashed = hash !== undefined && { h: hash };
  if (type === 'system') {
    const { user, what, by } = entry;
    const row: MessageRow = { room, seq, type, id, user: user.id, name: user.name, at, what };
    return by ? { ...row, by: by.id, byName: by.name } : row;
  }
  if (type === 'reacted') {
    const { of, k } = entry;
    return { room, seq, type, id, user: SERVER.id, at, of, rk: k, todo: 1, ...reactionsOf(entry) };
  }
  const row = { room, seq, id, ...toUserAttributes(entry.from), at, ...hashed };
  if (type === 'edited') return { ...row, type, of: entry.of, todo: 1, ...wordsOf(entry) };
  if (type === 'deleted')
    return { ...row, type, of: entry.of, todo: 1, ...(entry.by === 'moderator' && { moderated: 1 }) };
  const { kind, replyTo } = entry;
  return {
    ...row,
    ...wordsOf(entry),
    ...(kind !== undefined && { kind }),
    ...(replyTo !== undefined && { replyTo }),
    ...(entry.files && { files: JSON.stringify(entry.files) }),
    ...(beginsPending(entry) && { todo: 1 }),
  };
}

/** The attributes of a message's words. */
export function wordsOf({
  text,
  data,
  mentions,
}: Content): Pick<MessageRow, 'text' | 'data' | 'mentions' | 'kb'> {
  const words = {
    text,
    ...(data && { data: JSON.stringify(data) }),
    ...(mentions && { mentions: JSON.stringify(mentions) }),
  };
  const kb = Math.ceil(Object.values(words).reduce((sum, word) => sum + byteLength(word), 0) / 1024);
  return kb > 1 ? { ...words, kb } : words;
}

/** The attributes of a message's reactions. */
export function reactionsOf({
  counts,
  users,
}: Omit<ReactionSummary, 'k'>): Pick<MessageRow, 'reactions' | 'rkb'> {
  const reactions = JSON.stringify({ counts, users });
  const rkb = Math.ceil(byteLength(reactions) / 1024);
  return rkb > 1 ? { reactions, rkb } : { reactions };
}
