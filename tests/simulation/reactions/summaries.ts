import type { LogEntry, ReactionSummary } from '../../../lib/protocol';

/** How the reactions to a message stand, and the seq of the entry that said so. */
type Known = ReactionSummary & { seq: number };

/** The reactions to a room's messages, as a client folds them from the entries that it was given, in any order. */
export interface Summaries {
  take(entry: LogEntry): void;
  of(seq: number): Known | undefined;
}

/** Folds by the rule of PROTOCOL.md: the highest (k, seq) holds. */
export function createSummaries(): Summaries {
  const known = new Map<number, Known>();
  const note = (of: number, next: Known): void => {
    const held = known.get(of);
    if (!held || isLater(next, held)) known.set(of, next);
  };
  return {
    take(entry) {
      if (entry.type === 'reacted') note(entry.of, entry);
      if (entry.type === 'message' && entry.reactions) note(entry.seq, entry.reactions);
    },
    of: (seq) => known.get(seq),
  };
}

function isLater(next: Known, held: Known): boolean {
  return next.k > held.k || (next.k === held.k && next.seq > held.seq);
}
