import type { NewEntry } from '../../lib/ports/logStore';
import type { LogEntry, MessageEntry } from '../../lib/protocol';
import { authorOf } from './stores';

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
    | 'missedReset'
    | 'ownOrder'
    | 'leak'
    | 'leakAfterKick'
    | 'writtenWithoutRight'
    | 'writtenAfterKick'
    | 'late'
    | 'forgotten'
    | 'stuck'
    | 'falseRefusal'
    | 'wrongAuthor'
    | 'honestFlood'
    | 'wrongExport'
    | 'wrongPresence'
    | 'headExpired'
    | 'neverExpires'
    | 'served'
    | 'kept'
    | 'diverged'
    | 'notAllowed'
    | 'revived'
    | 'wrongRefusal'
    | 'lost'
    | 'overtaken'
    | 'miscounted'
    | 'markWentBack'
    | 'needless';
  what: string;
}

/** Holds what was promised against what was seen. It knows the truth: every row ever written. */
export interface Checker {
  violations: Violation[];
  written(room: string, entry: NewEntry): void;
  /** A backup has taken the place of the table: of each room it has the entries up to a seq. */
  restored(heads: ReadonlyMap<string, number>): void;
  /** An entry was written into the table that was there before. */
  writtenBefore(room: string, entry: NewEntry): void;
  /** A client was told that a room has another log. */
  reset(client: string, room: string): void;
  /** Who showed a room of the table before, and was not told. */
  notReset(): Iterable<string>;
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
  /** A user says something; no text is said twice. */
  said(user: string, room: string, text: string): void;
  /** A send was rejected as refused: it must not be in the log. */
  refused(room: string, text: string): void;
  /** The refused sends that are in the log nevertheless. */
  refusedButWritten(): { room: string; text: string }[];
  /** The seq of the message with this text. */
  seqOf(room: string, text: string): number | undefined;
  /** Tells whether an entry is the one that was written. */
  isTrue(room: string, entry: LogEntry): boolean;
  sends: number;
}

function idOf(room: string, entry: NewEntry): string {
  return `${room} ${authorOf(entry).id} ${entry.id}`;
}

type Table = Map<string, NewEntry[]>;

/** Whether what is shown is what was stored, or what edits and deletions made of it. */
function isSame(stored: NewEntry, shown: LogEntry, at: (seq: number) => NewEntry | undefined): boolean {
  const wordsOf = (rev: number, of: number): string | undefined => {
    const edit = at(rev);
    return edit?.type === 'edited' && edit.of === of ? edit.text : undefined;
  };
  switch (shown.type) {
    case 'message': {
      if (stored.type !== 'message' || stored.id !== shown.id) return false;
      return shown.text === (shown.rev === undefined ? stored.text : wordsOf(shown.rev, shown.seq));
    }
    case 'edited': {
      if (stored.type !== 'edited' || stored.of !== shown.of) return false;
      return shown.text === undefined || shown.text === wordsOf(shown.rev ?? shown.seq, shown.of);
    }
    case 'deleted':
    case 'reacted':
      return stored.type === shown.type && stored.of === shown.of;
    case 'tombstone':
      return stored.type === 'message' && stored.id === shown.id;
    default:
      return shown.type === 'erased' || stored.type === shown.type;
  }
}

export function createChecker(): Checker {
  const truth = new Map<string, NewEntry[]>();
  /** The table that a backup has replaced. */
  const before = new Map<string, NewEntry[]>();
  /** In which table each client that a backup has overtaken may be. */
  const places = new Map<string, Table[]>();
  const toReset = new Set<string>();
  const ids = new Map<string, number>();
  const cursors = new Map<string, number>();
  const lastAcks = new Map<string, number>();
  const violations: Violation[] = [];
  /** The bans of each room, with their entries. */
  const outs = new Map<string, Map<string, number>>();
  const authors = new Map<string, string>();
  const seqs = new Map<string, number>();
  const refused: { room: string; text: string }[] = [];

  const report = (kind: Violation['kind'], what: string): void => {
    violations.push({ kind, what });
  };
  const entriesOf = (room: string, table: Table = truth): NewEntry[] => {
    const known = table.get(room) ?? [];
    table.set(room, known);
    return known;
  };
  const placesOf = (client: string, room: string): Table[] =>
    places.get(`${client} ${room}`) ?? (before.size > 0 ? [before, truth] : [truth]);

  const checkText = (room: string, { text, from, seq }: MessageEntry): void => {
    const key = `${room} ${text}`;
    const author = authors.get(key);
    const earlier = seqs.get(key);
    if (author !== undefined && author !== from.id)
      report('wrongAuthor', `${room}/${seq} is by ${from.id}, and ${author} said it`);
    if (earlier !== undefined) report('duplicate', `"${text}" is in ${room} at ${earlier} and at ${seq}`);
    seqs.set(key, seq);
  };

  const isTrue = (room: string, entry: LogEntry, table: Table = truth): boolean => {
    const stored = entriesOf(room, table)[entry.seq - 1];
    return stored !== undefined && isSame(stored, entry, (rev) => entriesOf(room, table)[rev - 1]);
  };

  return {
    violations,
    report,
    sends: 0,
    isTrue: (room, entry) => isTrue(room, entry),

    said: (user, room, text) => void authors.set(`${room} ${text}`, user),
    refused: (room, text) => void refused.push({ room, text }),
    refusedButWritten: () => refused.filter(({ room, text }) => seqs.has(`${room} ${text}`)),
    seqOf: (room, text) => seqs.get(`${room} ${text}`),

    written(room, entry) {
      const entries = entriesOf(room);
      const place = `${room}/${entry.seq}`;
      if (entry.seq <= entries.length) report('reused', `${place} was written a second time`);
      else if (entry.seq > entries.length + 1) report('hole', `${place} follows ${entries.length}`);
      else entries.push(entry);
      const author = authorOf(entry);
      const key = idOf(room, entry);
      const earlier = ids.get(key);
      if (earlier !== undefined) report('duplicate', `${key} is at ${earlier} and at ${entry.seq}`);
      ids.set(key, entry.seq);
      if (entry.type === 'message') checkText(room, entry);

      const out = outs.get(author.id) ?? new Map<string, number>();
      const kick = out.get(room);
      if (entry.type === 'system') outs.set(author.id, out.set(room, kick ?? entry.seq));
      else if (kick !== undefined)
        report('writtenAfterKick', `${place} is by ${author.id}, who was put out at ${kick}`);
    },

    restored(heads) {
      for (const [room, entries] of truth) {
        before.set(room, [...entries]);
        for (const entry of entries.splice(heads.get(room) ?? 0)) {
          // What the backup lacks may be sent again: its sender was not told that it was written.
          ids.delete(idOf(room, entry));
          if (entry.type === 'message') seqs.delete(`${room} ${entry.text}`);
        }
      }
      for (const place of cursors.keys()) {
        places.set(place, [before]);
        toReset.add(place);
      }
    },

    writtenBefore(room, entry) {
      entriesOf(room, before).push(entry);
    },

    reset(client, room) {
      const place = `${client} ${room}`;
      if (before.size === 0 || !placesOf(client, room).includes(before))
        report('falseReset', `${client} was told ${room} is another log`);
      places.set(place, [truth]);
      toReset.delete(place);
      cursors.delete(place);
      lastAcks.delete(place);
    },

    notReset: () => toReset,

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
      const found = placesOf(sender, room).map((table) => entriesOf(room, table)[seq - 1]?.id);
      if (!found.includes(id))
        report('wrongAck', `${sender} was told ${id} is at ${room}/${seq}, where ${found} is`);
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
      const possible = placesOf(client, room).filter((table) => isTrue(room, entry, table));
      if (possible.length === 0)
        report('inconsistent', `${client} was shown another ${room}/${entry.seq} than is stored`);
      else if (before.size > 0) places.set(key, possible);
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
