import type { MessageView } from '../../client';
import type { RoomTitle } from './roomTitle';

/** Counts other users' messages above the last read seq. */
export function unreadIn(
  messages: readonly MessageView[],
  readUpTo: number | undefined,
  me: string | undefined,
): number {
  if (readUpTo === undefined) return 0;
  return messages.filter(({ seq, from, deleted }) => seq > readUpTo && from.id !== me && !deleted).length;
}

/** The newest message of a room, and the name of its author. */
export function lastOf(
  messages: readonly Pick<MessageView, 'from' | 'text' | 'deleted'>[],
  me: string | undefined,
): { author: string; text: string } | undefined {
  const last = messages.findLast(({ deleted }) => !deleted);
  return last && { author: last.from.id === me ? 'You' : last.from.name, text: last.text };
}

/** A count that fits into a badge. */
export function badge(count: number): string {
  return count > 99 ? '99+' : String(count);
}

/** A count of mentions that fits into a badge. */
export function mentionBadge(count: number): string {
  return `@${count > 9 ? '9+' : count}`;
}

/** The page's title: mentions, unread messages and the open room. */
export function titleOf(unread: number, mentions: number, { sign, text }: RoomTitle): string {
  // A user's name may turn the direction of what follows it.
  const name = sign === '@' ? `\u2068${text}\u2069` : text;
  const place = `${sign}${name} · edge-chat`;
  const counts = [...(mentions > 0 ? [mentionBadge(mentions)] : []), ...(unread > 0 ? [badge(unread)] : [])];
  return counts.length > 0 ? `(${counts.join(' · ')}) ${place}` : place;
}
