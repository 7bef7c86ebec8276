import type { LogEntry } from '../../../lib/protocol';

/** What a reader shows of one message: its words, or that they were taken away. */
export interface Shown {
  text?: string;
  rev: number;
  deleted?: { seq: number; by: string };
  isErased?: boolean;
}

/** The messages of a room as a client folds them from the entries that it was given, in any order. */
export interface Fold {
  take(entry: LogEntry): void;
  /** Forgets everything: there is a gap above it. */
  clear(): void;
  shown(): Map<number, Shown>;
}

/** Folds by the rules of PROTOCOL.md: the highest `rev` holds, the lowest deletion wins, changes are kept. */
export function createFold(): Fold {
  const messages = new Map<number, Shown>();
  const kept = new Map<number, ((shown: Shown) => void)[]>();

  const load = (seq: number, loaded: Shown): void => {
    const known = messages.get(seq);
    const shown = known && known.rev > loaded.rev && !loaded.isErased ? known : loaded;
    const deletion = loaded.deleted ?? known?.deleted;
    if (deletion) remove(shown, deletion);
    messages.set(seq, shown);
    for (const change of kept.get(seq) ?? []) change(shown);
  };

  const change = (of: number, apply: (shown: Shown) => void): void => {
    kept.set(of, [...(kept.get(of) ?? []), apply]);
    const shown = messages.get(of);
    if (shown) apply(shown);
  };

  return {
    take(entry) {
      switch (entry.type) {
        case 'message':
          return load(entry.seq, { text: entry.text, rev: entry.rev ?? 0 });
        case 'tombstone':
          return load(entry.seq, { rev: 0, deleted: { seq: entry.deleted, by: entry.by } });
        case 'erased':
          return load(entry.seq, { rev: 0, isErased: true });
        case 'edited':
          return change(entry.of, (shown) => edit(shown, entry.text, entry.rev ?? entry.seq));
        case 'deleted':
          return change(entry.of, (shown) => remove(shown, { seq: entry.seq, by: entry.by }));
        default:
          return;
      }
    },
    clear() {
      messages.clear();
      kept.clear();
    },
    shown: () => messages,
  };
}

function edit(shown: Shown, text: string | undefined, rev: number): void {
  if (shown.deleted || shown.isErased || rev < shown.rev) return;
  shown.rev = rev;
  if (text === undefined) delete shown.text;
  else shown.text = text;
}

function remove(shown: Shown, deletion: { seq: number; by: string }): void {
  delete shown.text;
  if (!shown.deleted || deletion.seq < shown.deleted.seq) shown.deleted = deletion;
}
