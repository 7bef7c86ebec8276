export interface Settings {
  /** Names the log (see Joined.log). */
  logId: string;
  /** How long a message stays once it is not the room's newest; `undefined` keeps it for ever. */
  retentionMs?: number;
  /** How long an author may edit a message, in milliseconds; 0 means never. */
  editMs: number;
  /** Whether messages may have files. */
  takesFiles?: boolean;
  /** Whether words are reviewed before they are shown. */
  reviews?: boolean;
  /** How many messages a second one connection may send; for a moment four seconds' worth. */
  sendsPerSecond: number;
  /** The same for a user, over all connections and back ends together. */
  userSendsPerSecond: number;
  /** How long a connection counts as present after its last sign of life, in milliseconds: three pings. */
  leaseMs: number;
}
