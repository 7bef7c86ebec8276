/** A user who is notified of all messages of a room. `since` names this row: a later one of the user has another. */
export interface Watcher {
  userHash: string;
  /** In milliseconds since the epoch. */
  since: number;
}

/** The most users of a room who are notified of all its messages. Direct rooms need none. */
export const MAX_WATCHERS = 500;

/** For each room the users who are notified of all messages, by the hash of their ids. */
export interface WatcherStore {
  /** Lists a user; `false` if the room has {@link MAX_WATCHERS} others. However many come at once, no more stay. */
  add(room: string, watcher: Watcher): Promise<boolean>;
  /** Removes a user; with `since` only that row. */
  remove(room: string, userHash: string, since?: number): Promise<void>;
  list(room: string): Promise<Watcher[]>;
}
