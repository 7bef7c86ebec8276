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
    | 'late'
    | 'forgotten'
    | 'stuck'
    | 'headExpired';
  what: string;
}

/** Holds what was promised against what was seen. It knows the truth: every row ever written. */
export interface Checker {
  violations: Violation[];
  written(room: string, entry: MessageEntry): void;
  acknowledged(sender: string, room: string, id: string, seq: number): void;
  shown(client: string, room: string, entry: LogEntry): void;
  /** A client was told that entries between two seqs have expired; `mayBeGone` says if that can be so. */
  gap(client: string, room: string, from: number, to: number, mayBeGone: (seq: number) => boolean): void;
  report(kind: Violation['kind'], what: string): void;
  /** The first seq a client began to show a room at; nothing is owed below it. */
  began(client: string, room: string, cursor: number): void;
  cursor(client: string, room: string): number | undefined;
  head(room: string): number;
  sends: number;
}

export function createChecker(): Checker {
  const truth = new Map<string, MessageEntry[]>();
  const ids = new Map<string, number>();
  const cursors = new Map<string, number>();
  const lastAcks = new Map<string, number>();
  const violations: Violation[] = [];

  const report = (kind: Violation['kind'], what: string): void => {
    violations.push({ kind, what });
  };
  const entriesOf = (room: string): MessageEntry[] => {
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
      const key = `${room} ${entry.from.id} ${entry.id}`;
      const earlier = ids.get(key);
      if (earlier !== undefined) report('duplicate', `${key} is at ${earlier} and at ${entry.seq}`);
      ids.set(key, entry.seq);
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
      if (entry.seq !== cursor + 1)
        report('skipped', `${client} was shown ${room}/${entry.seq} after ${cursor}`);
      cursors.set(key, Math.max(cursor, entry.seq));
      const stored = entriesOf(room)[entry.seq - 1];
      if (!stored || (entry.type === 'message' && (stored.id !== entry.id || stored.text !== entry.text)))
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
  };
}
