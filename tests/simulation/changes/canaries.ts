import type { NewEntry } from '../../../lib/ports/logStore';
import type { LogEntry } from '../../../lib/protocol';
import type { Checker } from '../checker';
import type { StoredRow, Stores } from '../stores';

/** Text that stands in one entry only. */
interface Words {
  room: string;
  of: number;
  /** The seq of the edit that brought it; 0 for a message's first text. */
  version: number;
  author: string;
  /** Since then nothing that begins may hold it. */
  takenBackAt?: number;
}

/** What a message must be, by the entries that were written. */
interface Expected {
  text: string;
  rev: number;
  edits: number;
  author: string;
  /** The seq of the first deletion. */
  deleted?: number;
  /** What a reader was told of: from then on no older words may be served. */
  toldRev: number;
  isToldDeleted: boolean;
  changes: number[];
}

/** Knows every text that was sent, and which of them were taken back. */
export interface Canaries {
  /** An entry was written. */
  written(room: string, entry: NewEntry): void;
  /** A row was changed. */
  changed(room: string, seq: number): void;
  /** An invocation that began at a time posted or returned something. */
  told(told: unknown, began: number): void;
  /** All of a user was erased. */
  erased(user: string): void;
  /** Says what is wrong with a message that is still there, by the entries that were written. */
  wrongRow(room: string, row: StoredRow): string | undefined;
}

const CANARY = /canary-\w+-\d+/g;
/** Refusals that say that nothing of the operation is in the log. */
const FINAL = new Set(['gone', 'forbidden', 'tooOld', 'tooMany']);
const CHANGES = new Set(['editMessage', 'deleteMessage']);

interface Options {
  stores: Stores;
  checker: Checker;
  now(): number;
  isModerator(user: string): boolean;
}

export function createCanaries({ stores, checker, now, isModerator }: Options): Canaries {
  const words = new Map<string, Words>();
  const messages = new Map<string, Expected>();
  const entries = new Map<string, NewEntry>();
  /** When an operation was written, by room and id. */
  const writtenAt = new Map<string, number>();
  const { report } = checker;
  const rowAt = (room: string, seq: number): StoredRow | undefined => stores.rows.get(room)?.[seq];

  const canariesIn = (what: unknown): readonly string[] => JSON.stringify(what)?.match(CANARY) ?? [];

  /** A change that is pending may hold its own words. */
  const searchRow = (room: string, seq: number): void => {
    const row = rowAt(room, seq);
    if (!row || row.isPending) return;
    for (const canary of canariesIn(row.entry))
      if (words.get(canary)?.takenBackAt !== undefined) report('kept', `${room}/${seq} holds ${canary}`);
  };

  const takeBack = (room: string, of: number, below: number): void => {
    for (const each of words.values())
      if (each.room === room && each.of === of && each.version < below) each.takenBackAt ??= now();
  };

  /** A reader knows of an entry. */
  const note = (room: string, seq: number): void => {
    const entry = entries.get(`${room}/${seq}`);
    if (entry?.type !== 'edited' && entry?.type !== 'deleted') return;
    const message = messages.get(`${room}/${entry.of}`);
    if (!message || message.isToldDeleted || (entry.type === 'edited' && message.toldRev >= seq)) return;
    if (entry.type === 'deleted') message.isToldDeleted = true;
    else message.toldRev = seq;
    takeBack(room, entry.of, entry.type === 'edited' ? seq : Number.POSITIVE_INFINITY);
    for (const each of [entry.of, ...message.changes]) searchRow(room, each);
  };

  const search = (room: string, told: readonly LogEntry[], began: number): void => {
    for (const canary of canariesIn(told)) {
      const { takenBackAt = Number.POSITIVE_INFINITY, of, version } = words.get(canary) ?? {};
      if (takenBackAt < began)
        report('served', `${canary} of ${room} was taken back ${began - takenBackAt} ms before`);
      for (const change of told)
        if ((change.type === 'edited' || change.type === 'deleted') && change.of === of)
          if (change.type === 'deleted' || (version ?? 0) < change.seq)
            report('served', `${canary} stands beside the change ${room}/${change.seq} of it`);
    }
  };

  const writtenChange = (room: string, entry: Extract<NewEntry, { of: number }>): void => {
    const message = messages.get(`${room}/${entry.of}`);
    message?.changes.push(entry.seq);
    if (entry.type === 'reacted') return;
    const { id: user } = entry.from;
    const isOwn = message?.author === user;
    const isAllowed = isOwn || (entry.type === 'deleted' && isModerator(user) && entry.by === 'moderator');
    if (!isAllowed || !message) {
      report('notAllowed', `${entry.type} ${room}/${entry.of} by ${user}`);
      return;
    }
    if (entry.type === 'deleted') {
      message.deleted ??= entry.seq;
      return;
    }
    const { text, seq: version, of } = entry;
    const isLate = message.isToldDeleted;
    words.set(text, { room, of, version, author: user, ...(isLate && { takenBackAt: now() }) });
    Object.assign(message, { text, rev: version, edits: message.edits + 1 });
  };

  return {
    written(room, entry) {
      entries.set(`${room}/${entry.seq}`, entry);
      writtenAt.set(`${room} ${entry.id}`, now());
      if ('of' in entry) return writtenChange(room, entry);
      if (entry.type !== 'message') return;
      const { seq: of, text, from } = entry;
      words.set(text, { room, of, version: 0, author: from.id });
      const unchanged = { rev: 0, edits: 0, toldRev: 0, isToldDeleted: false, changes: [] };
      messages.set(`${room}/${of}`, { text, author: from.id, ...unchanged });
    },

    changed: searchRow,

    told(told, began) {
      if (typeof told !== 'object' || told === null || !('room' in told)) return;
      const room = String(told.room);
      if ('type' in told && told.type === 'error' && 'action' in told && 'id' in told && 'code' in told) {
        const at = writtenAt.get(`${room} ${told.id}`);
        const isFinal = FINAL.has(String(told.code)) && CHANGES.has(String(told.action));
        if (isFinal && at !== undefined && at < began)
          report('wrongRefusal', `${told.id} was in the log of ${room} and is refused: ${told.code}`);
      }
      const list = 'messages' in told ? told.messages : 'entry' in told ? [told.entry] : [told];
      search(room, list as LogEntry[], began);
      for (const { seq } of list as LogEntry[]) if (seq !== undefined) note(room, seq);
      if ('seq' in told) note(room, Number(told.seq));
    },

    erased(user) {
      for (const each of words.values()) if (each.author === user) each.takenBackAt ??= now();
      for (const [room, rows] of stores.rows) {
        for (const seq of rows.keys()) searchRow(room, seq);
        if (JSON.stringify(rows.filter((row) => !row?.erased)).includes(`"id":"${user}"`))
          report('kept', `a row of ${room} names ${user}`);
      }
      for (const [place, { sets }] of stores.reacted)
        if (sets.has(user)) report('kept', `the reactions of ${place} name ${user}`);
    },

    wrongRow(room, { entry, deleted, edits = 0 }) {
      const expected = messages.get(`${room}/${entry.seq}`);
      if (!expected || entry.type !== 'message') return 'it was never written';
      if (deleted?.seq !== expected.deleted)
        return `it is deleted by ${deleted?.seq}, not by ${expected.deleted}`;
      if (deleted) return undefined;
      if (entry.text !== expected.text || (entry.rev ?? 0) !== expected.rev)
        return `it has "${entry.text}" of ${entry.rev}, not "${expected.text}" of ${expected.rev}`;
      return edits === expected.edits ? undefined : `${edits} edits of ${expected.edits} were applied`;
    },
  };
}
