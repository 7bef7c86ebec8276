/** The result of a claim: the room is claimed, or another run holds it until a time in milliseconds. */
export type RoomClaim =
  /** `seq` is the last seq that the sink has, and `fails` counts the last runs in a row that failed. */
  | { kind: 'claimed'; seq: number; fails: number }
  /** `isQueued`: a wake comes after that time. */
  | { kind: 'held'; until: number; isQueued: boolean };

/** How a run ends: the room is free, another wake came meanwhile, or the room is no longer the run's. */
export type Release = 'released' | 'woken' | 'lost';

/** The result of a rewind. `busy` passes within seconds. */
export type Rewind = 'rewound' | 'busy' | 'notSentYet';

/**
 * A row for each room of a log: up to which seq the sink has its entries, and which run holds the room. Every write has
 * a condition: only the run that holds a room moves its cursor. All are strongly consistent.
 * @throws Unavailable when the outcome is unknown.
 */
export interface EventCursorStore {
  /** Claims a room until a time, unless another run holds it by `now`. */
  claim(room: string, run: string, until: number, now: number): Promise<RoomClaim>;
  /** Notes a wake for the holder until this time; `false` when that one no longer holds the room. */
  noteWake(room: string, until: number): Promise<boolean>;
  /** Moves the cursor up, and forgets a noted wake; `false` when the room is no longer the run's. */
  advance(room: string, run: string, seq: number): Promise<boolean>;
  /** Moves the cursor up and frees the room, unless a wake is noted. */
  release(room: string, run: string, seq: number): Promise<Release>;
  /** Moves the cursor up, and keeps other runs off the room until a time, for which a wake is queued. */
  postpone(room: string, run: string, seq: number, until: number, fails: number): Promise<void>;
  /** Takes the cursor back to a seq, unless a run holds the room by `now` or the cursor is not above that seq. */
  rewind(room: string, seq: number, now: number): Promise<Rewind>;
}
