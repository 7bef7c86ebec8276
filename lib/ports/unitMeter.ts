/** Capacity units of the database. */
export interface Units {
  read: number;
  write: number;
}

/** Counts what the calls of this container to the database consume. */
export interface UnitMeter {
  /** Gives the units that were consumed since the last call. */
  take(): Units;
}
