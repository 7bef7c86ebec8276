import type { OwnReactions, ReactionState } from '../../ports/reactionStore';
import { partitionOf, slotOf } from './messagePartition';

/** The row that counts a message's changes. */
export const COUNTER = 0;

/** The key of the row that counts a message's changes. */
export function counterOf(room: string, of: number): { room: string; seq: number } {
  return { room: partitionOf(room, of), seq: COUNTER };
}

/** The key of a user's set. */
export function setOf(room: string, of: number, user: string): { room: string; seq: number } {
  const partition = partitionOf(room, of);
  return { room: partition, seq: slotOf(partition, user) };
}

/** The row that counts a message's changes. `ttl` is in seconds, as the database wants it. */
export type CounterRow = {
  k?: number;
  claimed?: number;
  done?: number;
  next?: number;
  changedAt?: number;
  reactors?: number;
  names?: ReadonlySet<string>;
};

export const COUNTER_ATTRIBUTES = [
  'k',
  'claimed',
  'done',
  'next',
  'changedAt',
  'reactors',
  'names',
] as const satisfies readonly (keyof CounterRow)[];

/** The row of a user's set. It also has the version of every name that the user switched, by {@link versionOf}. */
export type SetRow = { user: string; name?: string; on?: ReadonlySet<string> };

export const SET_ATTRIBUTES = ['user', 'name', 'on'] as const satisfies readonly (keyof SetRow)[];

/** The attribute with the version of a name. */
export function versionOf(name: string): string {
  return `v:${name}`;
}

export function toState(row: CounterRow): ReactionState {
  const { k = 0, claimed = 0, done = 0, next, changedAt = 0, reactors = 0, names = new Set() } = row;
  return { k, claimed, done, ...(next !== undefined && { next }), changedAt, reactors, names };
}

/** Puts together what a reader's row and the counter's tell. */
export function toOwn(set: SetRow | undefined, counter: CounterRow | undefined): OwnReactions {
  return { mine: [...(set?.on ?? [])].sort(), ...(counter && { state: toState(counter) }) };
}
