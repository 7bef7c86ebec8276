import type { NewEntry } from '../../../lib/ports/logStore';
import type { LogEntry } from '../../../lib/protocol';
import type { Rows } from '../stores';
import type { Shown } from './fold';

/** What may go wrong with edits and deletions. */
export type Wrong =
  | 'served'
  | 'kept'
  | 'diverged'
  | 'twice'
  | 'notAllowed'
  | 'wrongAck'
  | 'stuck'
  | 'revived'
  | 'afterKick'
  | 'wrongRefusal';

/** Words that were sent, each of which stands in one text only: the seq of their message and of what brought them. */
interface Words {
  of: number;
  version: number;
  author: string;
  /** Since then nothing that begins may hold them. */
  takenBackAt?: number;
}

export interface Truth {
  violations: { kind: Wrong; what: string }[];
  report(kind: Wrong, what: string): void;
  /** An entry was written. */
  written(entry: NewEntry): void;
  /** Something is told that began at a time. */
  told(entries: readonly LogEntry[], began: number): void;
  /** A change is known to be acknowledged. */
  acknowledged(id: string, seq: number): void;
  /** A client was refused by an invocation that began at a time. */
  refused(id: string, began: number): void;
  /** Everything of a user was erased. */
  erased(user: string): void;
  /** What the table holds now. */
  table(): Map<number, Shown>;
  isExpired(seq: number): boolean;
  head(): number;
}

const CANARY = /canary-\w+-\d+/g;

/** Knows every text ever sent to one room, and which of them were taken back. */
export function createTruth(
  rows: Rows,
  room: string,
  moderators: ReadonlySet<string>,
  now: () => number,
): Truth {
  const violations: Truth['violations'] = [];
  const entries = new Map<number, NewEntry>();
  const ids = new Map<string, number>();
  const writtenAt = new Map<string, number>();
  const words = new Map<string, Words>();
  const removedAt = new Map<string, number>();

  const report: Truth['report'] = (kind, what) => void violations.push({ kind, what });

  const takeBack = (of: number, below: number): void => {
    for (const each of words.values()) if (each.of === of && each.version < below) each.takenBackAt ??= now();
  };

  /** A change that is not acknowledged yet may hold its own words. */
  const searchTable = (): void => {
    const settled = (rows.get(room) ?? []).filter((row) => !row?.isPending);
    for (const canary of JSON.stringify(settled).match(CANARY) ?? [])
      if (words.get(canary)?.takenBackAt !== undefined) report('kept', `a row holds ${canary}`);
  };

  const noteChange = (seq: number): void => {
    const entry = entries.get(seq);
    if (entry?.type === 'edited') takeBack(entry.of, seq);
    if (entry?.type === 'deleted') takeBack(entry.of, Number.POSITIVE_INFINITY);
  };

  return {
    violations,
    report,

    written(entry) {
      const user = entry.type === 'system' ? entry.user.id : entry.from.id;
      entries.set(entry.seq, entry);
      if (entry.type === 'system') return void removedAt.set(user, entry.seq);
      if (removedAt.has(user))
        report('afterKick', `${entry.seq} is by ${user}, who was put out at ${removedAt.get(user)}`);
      const earlier = ids.get(entry.id);
      if (earlier !== undefined) report('twice', `${entry.id} is at ${earlier} and at ${entry.seq}`);
      ids.set(entry.id, entry.seq);
      writtenAt.set(entry.id, now());
      if (entry.type === 'message') {
        words.set(entry.text, { of: entry.seq, version: 0, author: user });
        return;
      }
      const target = entries.get(entry.of);
      const isOwn = target?.type === 'message' && target.from.id === user;
      const isAllowed =
        isOwn || (entry.type === 'deleted' && moderators.has(user) && entry.by === 'moderator');
      if (!isAllowed) report('notAllowed', `${entry.type} ${entry.of} by ${user}`);
      if (entry.type === 'edited') words.set(entry.text, { of: entry.of, version: entry.seq, author: user });
    },

    told(messages, began) {
      for (const canary of JSON.stringify(messages).match(CANARY) ?? []) {
        const { takenBackAt = Number.POSITIVE_INFINITY } = words.get(canary) ?? {};
        if (takenBackAt < began)
          report('served', `${canary} was taken back ${began - takenBackAt} ms before`);
      }
      for (const change of messages)
        if (change.type === 'edited' || change.type === 'deleted')
          for (const canary of JSON.stringify(messages).match(CANARY) ?? []) {
            const { of, version } = words.get(canary) ?? { of: 0, version: 0 };
            if (of === change.of && (version < change.seq || change.type === 'deleted'))
              report('served', `${canary} stands beside the change ${change.seq} of it`);
          }
      for (const { seq, type } of messages) if (type === 'edited' || type === 'deleted') noteChange(seq);
      searchTable();
    },

    refused(id, began) {
      const at = writtenAt.get(id);
      if (at !== undefined && at < began) report('wrongRefusal', `${id} was in the log and is refused`);
    },

    acknowledged(id, seq) {
      if (entries.get(seq)?.id !== id) report('wrongAck', `${id} is not at ${seq}`);
      noteChange(seq);
      searchTable();
    },

    erased(user) {
      for (const each of words.values()) if (each.author === user) each.takenBackAt ??= now();
      searchTable();
      if (JSON.stringify(rows.get(room)?.filter((row) => !row?.erased)).includes(`"id":"${user}"`))
        report('kept', `a row names ${user}`);
    },

    table() {
      const shown = new Map<number, Shown>();
      for (const row of rows.get(room) ?? []) {
        if (row?.entry.type !== 'message') continue;
        const { seq, text, rev = 0 } = row.entry;
        if (row.erased) shown.set(seq, { rev: 0, isErased: true });
        else shown.set(seq, row.deleted ? { rev, deleted: row.deleted } : { text, rev });
      }
      return shown;
    },

    isExpired(seq) {
      const row = rows.get(room)?.[seq];
      return !row || (row.expiresAt !== undefined && row.expiresAt <= now() + 1_000);
    },

    head: () => Math.max(0, ...entries.keys()),
  };
}
