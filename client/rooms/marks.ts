import type { ReadPosition } from '../../lib/protocol';
import type { Chat } from '../common/chatTypes';
import { ChatError } from '../common/errors';
import type { Clock } from '../common/platform';
import { insist, MAX_ATTEMPTS } from './insist';

/** Marks of a room are sent no more often than this, in milliseconds. */
const MARK_EVERY_MS = 2_000;

/** What sets the marks of the rooms that a user follows. */
export interface Marks {
  /** Marks a room as read up to a seq: at once, or within 2 s of the mark before. */
  markRead(room: string, seq: number): void;
  /** Marks the message at a seq, and all above it, as unread. */
  markUnread(room: string, seq: number): Promise<void>;
}

/** Sets marks. `markOf` gives the mark of a room that holds, as the server's last frame tells it. */
export function createMarks(
  chat: Chat,
  clock: Clock,
  markOf: (room: string) => ReadPosition | undefined,
): Marks {
  /** How far rooms are to be marked as read: one mark of a room is under way at a time. */
  const wanted = new Map<string, number>();
  const marking = new Set<string>();

  const mark = (room: string): void => {
    const seq = wanted.get(room) ?? 0;
    const read = markOf(room);
    wanted.delete(room);
    if (seq <= (read?.seq ?? 0) || chat.state.kind !== 'connected') return;
    marking.add(room);
    void insist(chat, clock, { action: 'read', room, seq, version: read?.version ?? 0 })
      // Another device has marked the room, or the app marks it again once there is a connection.
      .catch(() => {})
      .then(() =>
        clock.after(MARK_EVERY_MS, () => {
          marking.delete(room);
          mark(room);
        }),
      );
  };

  const unmark = async (room: string, seq: number, attempt = 1): Promise<void> => {
    const { version = 0 } = markOf(room) ?? {};
    try {
      await insist(chat, clock, { action: 'read', room, seq: Math.max(0, seq - 1), version, unread: true });
    } catch (error) {
      // The refusal has told the mark that holds.
      if (!(error instanceof ChatError) || error.code !== 'conflict' || attempt === MAX_ATTEMPTS) throw error;
      return unmark(room, seq, attempt + 1);
    }
  };

  return {
    markRead(room, seq) {
      wanted.set(room, Math.max(seq, wanted.get(room) ?? 0));
      if (!marking.has(room)) mark(room);
    },
    async markUnread(room, seq) {
      wanted.delete(room);
      await unmark(room, seq);
    },
  };
}
