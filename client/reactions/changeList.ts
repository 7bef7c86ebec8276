import type { Cancel } from '../common/platform';
import type { Deferred } from '../util/deferred';
import type { Toggle, Toggles } from './toggle';

/** This many changes may be under way, and this many are remembered. */
const MAX_UNDER_WAY = 50;
const MAX_TOGGLES = 500;

/** A change on its way, or what came of it. */
export interface Change {
  of: number;
  name: string;
  toggle: Toggle;
  version: number;
  /** The id of the user who reacted, once it is known. */
  user: string | undefined;
  attempts: number;
  /** The highest `k` that was met at its message. */
  met: number;
  cancel: Cancel;
  outcome: Deferred<void>;
}

/** The latest change of each reaction, oldest first, and what they show. */
export interface ChangeList {
  /** The changes by the seqs of their messages. Immutable; another object after each change. */
  readonly snapshot: ReadonlyMap<number, Toggles>;
  all(): Change[];
  find(of: number, name: string): Change | undefined;
  /** Tells whether a change is under way and no later one has taken its place. */
  isCurrent(change: Change): boolean;
  /** Makes space for another change; tells whether there is some. */
  makeSpace(): boolean;
  /** Puts a change in the place of the earlier one of its reaction, behind all others. */
  put(change: Change): void;
  /** Shows what has become of a change. */
  show(change: Change): void;
  forget(change: Change): void;
}

/** Creates an empty list. `onChange` is called after each change of the snapshot. */
export function createChangeList(onChange: () => void): ChangeList {
  const changes = new Map<string, Change>();
  let snapshot: ReadonlyMap<number, Toggles> = new Map();

  /** Shows the changes of one message: those of others keep their objects. */
  const show = ({ of }: Change): void => {
    const own = [...changes.values()].filter((change) => change.of === of);
    const next = new Map(snapshot);
    if (own.length === 0) next.delete(of);
    else next.set(of, new Map(own.map(({ name, toggle }) => [name, toggle])));
    snapshot = next;
    onChange();
  };

  const forget = (change: Change): void => {
    changes.delete(keyOf(change));
    show(change);
  };

  return {
    get snapshot() {
      return snapshot;
    },
    all: () => [...changes.values()],
    find: (of, name) => changes.get(keyOf({ of, name })),
    isCurrent: (change) => change.toggle.state === 'pending' && changes.get(keyOf(change)) === change,
    makeSpace() {
      const all = [...changes.values()];
      const done = all.find(({ toggle }) => toggle.state !== 'pending');
      if (all.length >= MAX_TOGGLES && done) forget(done);
      return all.filter(({ toggle }) => toggle.state === 'pending').length < MAX_UNDER_WAY;
    },
    put(change) {
      changes.delete(keyOf(change));
      changes.set(keyOf(change), change);
      show(change);
    },
    show,
    forget,
  };
}

function keyOf({ of, name }: Pick<Change, 'of' | 'name'>): string {
  return `${of} ${name}`;
}
