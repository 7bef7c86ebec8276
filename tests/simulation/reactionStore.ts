import type {
  OwnReactionStore,
  ReactionErasureStore,
  ReactionSet,
  ReactionState,
  ReactionStore,
} from '../../lib/ports/reactionStore';
import type { User } from '../../lib/protocol';
import type { Rows, StoredRow } from './stores';

/** Everything that is done to reactions, by readers and erasures too. */
export type AllReactions = ReactionStore & OwnReactionStore & ReactionErasureStore;

/** A user's set as it is kept: each name that was ever switched with its version. */
export interface StoredSet {
  user: User;
  names: Map<string, { v: number; on: boolean }>;
}

/** The reactions to one message. */
export interface StoredReactions {
  counter: Omit<ReactionState, 'names'> & { names: Set<string> };
  sets: Map<string, StoredSet>;
}

/** What a set has on. */
export function namesOn({ names }: StoredSet): string[] {
  return [...names]
    .filter(([, { on }]) => on)
    .map(([name]) => name)
    .sort();
}

/** The reactions in memory, by room and seq: see `createStores`. */
export function createReactionStore(rows: Rows, messages = new Map<string, StoredReactions>()): AllReactions {
  const keyOf = (room: string, of: number) => `${room}#${of}`;
  const find = (room: string, of: number) => messages.get(keyOf(room, of));
  const open = (room: string, of: number): StoredReactions => {
    const known = find(room, of) ?? {
      counter: { k: 0, claimed: 0, done: 0, changedAt: 0, reactors: 0, names: new Set() },
      sets: new Map(),
    };
    messages.set(keyOf(room, of), known);
    return known;
  };
  const target = (room: string, of: number): StoredRow | undefined => {
    const row = rows.get(room)?.[of];
    return row?.entry.type === 'message' && !row.deleted && !row.erased ? row : undefined;
  };
  const stateOf = ({ counter }: StoredReactions): ReactionState => ({
    ...counter,
    names: new Set(counter.names),
  });
  const setOf = ({ sets }: StoredReactions, user: User): StoredSet => {
    const known = sets.get(user.id) ?? { user, names: new Map() };
    sets.set(user.id, known);
    return known;
  };

  return {
    async readTarget(room, of, now) {
      const row = target(room, of);
      if (!row || (row.expiresAt !== undefined && row.expiresAt <= now)) return undefined;
      const known = find(room, of);
      return { at: row.entry.at, ...(known && { state: stateOf(known) }) };
    },
    async mark(room, of) {
      const row = target(room, of);
      if (row?.entry.type !== 'message') return false;
      row.entry = { ...row.entry, reactions: row.entry.reactions ?? { k: 0, seq: 0, counts: {}, users: {} } };
      return true;
    },
    async addName(room, of, name, maxNames) {
      const { names } = open(room, of).counter;
      if (!names.has(name) && names.size >= maxNames) return false;
      names.add(name);
      return true;
    },
    async toggle({ room, of, user, name, on, v }, maxOn) {
      const set = setOf(open(room, of), user);
      const held = set.names.get(name);
      if (held && held.v >= v) return held.v === v && held.on === on ? 'set' : { v: held.v };
      if (on && !held?.on && namesOn(set).length >= maxOn) return 'tooMany';
      set.names.set(name, { v, on });
      set.user = user;
      return 'set';
    },
    async count(room, of, now) {
      const known = open(room, of);
      known.counter.k++;
      known.counter.changedAt = now;
      return stateOf(known);
    },
    async claim(room, of, next, seen) {
      const counter = find(room, of)?.counter;
      if (!counter || (seen && counter.next !== seen.next)) return undefined;
      counter.next = next;
      counter.claimed = counter.k;
      return counter.claimed;
    },
    async finish(room, of, k, reactors) {
      const counter = find(room, of)?.counter;
      if (counter && counter.done < k) Object.assign(counter, { done: k, reactors });
    },
    async readSets(room, of, limit) {
      return [...(find(room, of)?.sets.values() ?? [])]
        .slice(0, limit)
        .map((set): ReactionSet => ({ user: set.user, on: namesOn(set) }));
    },
    async readOwn(room, seqs, user) {
      return new Map(
        seqs.map((of) => {
          const known = find(room, of);
          const set = known?.sets.get(user);
          return [of, { mine: set ? namesOn(set) : [], ...(known && { state: stateOf(known) }) }];
        }),
      );
    },
    async clearSet(room, of, user) {
      const set = find(room, of)?.sets.get(user);
      if (!set) return;
      set.user = { ...set.user, name: '' };
      for (const [name, { v }] of set.names) set.names.set(name, { v, on: false });
    },
    async removeSet(room, of, user) {
      const { sets } = find(room, of) ?? {};
      const set = sets?.get(user);
      if (set && namesOn(set).length === 0) sets?.delete(user);
    },
    async removeSome(room, of, limit) {
      const known = find(room, of);
      if (!known) return false;
      for (const user of [...known.sets.keys()].slice(0, limit)) known.sets.delete(user);
      if (known.sets.size > 0) return true;
      messages.delete(keyOf(room, of));
      return false;
    },
  };
}
