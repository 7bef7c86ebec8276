import type { NewEntry } from '../../lib/ports/logStore';
import type { LogEntry, MessageEntry } from '../../lib/protocol';

/** What went wrong, in the words of Jepsen's workloads where they have one. */
export interface Violation {
  kind:
    | 'reused'
    | 'hole'
    | 'duplicate'
    | 'wrongAck'
    | 'skipped'
    | 'inconsistent'
    | 'falseGap'
    | 'falseReset'
    | 'ownOrder'
    | 'leak'
    | 'leakAfterKick'
    | 'writtenAfterKick'
    | 'late'
    | 'forgotten'
    | 'stuck'
    | 'falseRefusal'
    | 'headExpired'
    | 'neverExpires';
  what: string;
}

/** Holds what was promised against what was seen. It knows the truth: every row ever written. */
export interface Checker {
  violations: Violation[];
  written(room: string, entry: NewEntry): void;
  acknowledged(sender: string, room: string, id: string, seq: number): void;
  shown(client: string, room: string, entry: LogEntry): void;
  /** A client was told that entries between two seqs have expired; `mayBeGone` says if that can be so. */
  gap(client: string, room: string, from: number, to: number, mayBeGone: (seq: number) => boolean): void;
  report(kind: Violation['kind'], what: string): void;
  /** An entry has come to one of a user's sockets, by whatever way. */
  reached(user: string, room: string, seq: number): void;
  /** A removed user may join again. */
  readmitted(user: string): void;
  /** The first seq a client began to show a room at; nothing is owed below it. */
  began(client: string, room: string, cursor: number): void;
  cursor(client: string, room: string): number | undefined;
  head(room: string): number;
  /** A message with this text is in the log. */
  holds(room: string, text: string): boolean;
  sends: number;
}

function isSame(stored: NewEntry, shown: MessageEntry): boolean {
  return stored.type === 'message' && stored.id === shown.id && stored.text === shown.text;
}

export function createChecker(): Checker {
  const truth = new Map<string, NewEntry[]>();
  const ids = new Map<string, number>();
  const cursors = new Map<string, number>();
  const lastAcks = new Map<string, number>();
  const violations: Violation[] = [];
  /** The bans of each room, with their entries. */
  const outs = new Map<string, Map<string, number>>();

  const report = (kind: Violation['kind'], what: string): void => {
    violations.push({ kind, what });
  };
  const entriesOf = (room: string): NewEntry[] => {
    const known = truth.get(room) ?? [];
    truth.set(room, known);
    return known;
  };

  return {
    violations,
    report,
    sends: 0,

    written(room, entry) {
      const entries = entriesOf(room);
      const place = `${room}/${entry.seq}`;
      if (entry.seq <= entries.length) report('reused', `${place} was written a second time`);
      else if (entry.seq > entries.length + 1) report('hole', `${place} follows ${entries.length}`);
      else entries.push(entry);
      const author = entry.type === 'system' ? entry.user : entry.from;
      const key = `${room} ${author.id} ${entry.id}`;
      const earlier = ids.get(key);
      if (earlier !== undefined) report('duplicate', `${key} is at ${earlier} and at ${entry.seq}`);
      ids.set(key, entry.seq);

      const out = outs.get(author.id) ?? new Map<string, number>();
      const kick = out.get(room);
      if (entry.type === 'system') outs.set(author.id, out.set(room, kick ?? entry.seq));
      else if (kick !== undefined)
        report('writtenAfterKick', `${place} is by ${author.id}, who was put out at ${kick}`);
    },

    reached(user, room, seq) {
      const kick = outs.get(user)?.get(room);
      const entry = entriesOf(room)[seq - 1];
      // A kick that was tried again is told again.
      const isOwnKick = entry?.type === 'system' && entry.user.id === user;
      if (kick !== undefined && seq > kick && !isOwnKick)
        report('leakAfterKick', `${room}/${seq} came to ${user}, who was put out at ${kick}`);
    },

    readmitted(user) {
      outs.delete(user);
    },

    acknowledged(sender, room, id, seq) {
      const entry = entriesOf(room)[seq - 1];
      if (entry?.id !== id)
        report('wrongAck', `${sender} was told ${id} is at ${room}/${seq}, where ${entry?.id} is`);
      const key = `${sender} ${room}`;
      const last = lastAcks.get(key) ?? 0;
      if (seq <= last)
        report('ownOrder', `${sender}'s ${id} is at ${room}/${seq}, after a later send at ${last}`);
      lastAcks.set(key, seq);
    },

    began(client, room, cursor) {
      cursors.set(`${client} ${room}`, cursor);
    },

    shown(client, room, entry) {
      const key = `${client} ${room}`;
      const cursor = cursors.get(key) ?? 0;
      // Clients show messages only.
      let expected = cursor + 1;
      while (entriesOf(room)[expected - 1]?.type === 'system') expected++;
      if (entry.seq !== expected)
        report('skipped', `${client} was shown ${room}/${entry.seq} after ${cursor}`);
      cursors.set(key, Math.max(cursor, entry.seq));
      const stored = entriesOf(room)[entry.seq - 1];
      if (!stored || (entry.type === 'message' && !isSame(stored, entry)))
        report('inconsistent', `${client} was shown another ${room}/${entry.seq} than is stored`);
    },

    gap(client, room, from, to, mayBeGone) {
      for (let seq = from; seq <= to; seq++)
        if (!mayBeGone(seq)) {
          report('falseGap', `${client} was told ${room}/${seq} has expired`);
          break;
        }
      cursors.set(`${client} ${room}`, to);
    },

    cursor: (client, room) => cursors.get(`${client} ${room}`),
    head: (room) => entriesOf(room).length,
    holds: (room, text) => entriesOf(room).some((entry) => entry.type === 'message' && entry.text === text),
  };
}
