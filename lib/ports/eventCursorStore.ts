/** The result of a claim: the room is claimed, or another run holds it until a time in milliseconds. */
export type RoomClaim =
  /** `seq` is the last seq that the sink has, and `fails` counts the last runs in a row that failed. */
  | { kind: 'claimed'; seq: number; fails: number }
  /** `isQueued`: a wake comes after that time. `isNoted`: the holder looks again before it frees the room. */
  | { kind: 'held'; until: number; isQueued: boolean; isNoted: boolean };

/** How a run ends: the room is free, another wake came meanwhile, or the room is no longer the run's. */
export type Release = 'released' | 'woken' | 'lost';

/** The result of a rewind. `notSentYet`: the cursor is not above the seq. */
export type Rewind = 'rewound' | 'notSentYet';

/**
 * A row for each room of a log: up to which seq the sink has its entries, and which run holds the room. Every write has
 * a condition: only the run that holds a room moves its cursor. All are strongly consistent.
 * @throws Unavailable when the outcome is unknown.
 */
export interface EventCursorStore {
  /**
   * Claims a room until a time, unless another run holds it by `now`. A wanted rewind happens, and ends the wait after
   * a failure.
   */
  claim(room: string, run: string, until: number, now: number): Promise<RoomClaim>;
  /** Notes that a wake came, and that one is queued for this end of the hold; `false` when the hold has ended. */
  noteWake(room: string, until: number): Promise<boolean>;
  /** Moves the cursor up, and forgets a noted wake; `false` when the room is not the run's, or a rewind is wanted. */
  advance(room: string, run: string, seq: number): Promise<boolean>;
  /** Moves the cursor up and frees the room, unless a wake is noted. */
  release(room: string, run: string, seq: number): Promise<Release>;
  /** Moves the cursor up, and keeps other runs off the room until a time, for which a wake is queued. */
  postpone(room: string, run: string, seq: number, until: number, fails: number): Promise<void>;
  /** Has the cursor go back to a seq, by the next claim: a run that holds the room cannot advance any more. */
  rewind(room: string, seq: number): Promise<Rewind>;
}
