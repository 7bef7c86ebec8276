import { createHash } from 'node:crypto';
import type { OwnReactions, ReactionState } from '../../ports/reactionStore';

/** The partition of a message's reactions in the Messages table: no room's name has a `#`. */
export function partitionOf(room: string, of: number): string {
  return `${room}#${of}`;
}

/** Reads which message's reactions a partition holds; `undefined` for a room's log. */
export function readPartition(partition: string): { room: string; of: number } | undefined {
  const [room, of, ...rest] = partition.split('#');
  return room !== undefined && of !== undefined && rest.length === 0 ? { room, of: Number(of) } : undefined;
}

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

const SLOT_HEX_DIGITS = 13;

/**
 * The row of a user's set, as a number. Of a message that 10,000 users react to, two share a number once in 10^8
 * messages: the store refuses the second.
 */
export function slotOf(partition: string, user: string): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([partition, user]))
    .digest('hex');
  return 1 + Number.parseInt(digest.slice(0, SLOT_HEX_DIGITS), 16);
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
