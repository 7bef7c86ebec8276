/** Time, as this container sees it. Containers may disagree by minutes; no promise rests on it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;
