/** A user, as frames carry it. Always taken from the token, never from a frame. `role` says what the user is. */
export interface User {
  id: string;
  name: string;
  role?: string;
}

/** A JSON value of an app's own. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object of an app's own, within the limits in {@link LIMITS}. */
export type Data = { readonly [key: string]: Json };

/** What a message says, and what an edit replaces. `mentions` are ids of users. */
export interface Content {
  text: string;
  data?: Data | undefined;
  mentions?: readonly string[] | undefined;
}

/** What a new message holds. `kind` names its form, and `replyTo` is the seq of the message that it answers. */
export interface MessageContent extends Content {
  kind?: string;
  replyTo?: number;
}

/** A file of a message. `id` names it within its message, and `bytes` is its size. A picture may have a `tile`. */
export interface FileInfo {
  id: string;
  name: string;
  type: string;
  bytes: number;
  tile?: true;
}

/**
 * A message, as it stands now. `at` is the server's clock in milliseconds; `seq` alone gives the order. `rev` is the
 * seq of the edit whose words it holds, and `editedAt` the time of that edit.
 */
export interface MessageEntry extends MessageContent {
  type: 'message';
  seq: number;
  id: string;
  from: User;
  at: number;
  rev?: number;
  editedAt?: number;
  files?: readonly FileInfo[];
  reactions?: Reactions;
}

/** What stands in the place of a message that was deleted: `deleted` is the seq of the {@link DeletedEntry}. */
export interface TombstoneEntry {
  type: 'tombstone';
  seq: number;
  id: string;
  from: User;
  at: number;
  deleted: number;
  by: Deleter;
}

/** Whose right deleted a message. */
export type Deleter = 'author' | 'moderator';

/**
 * The message at `of` was edited. The words are those that the message has when this entry is served: those of the edit
 * at `rev`, which is this one or a later one. Without words the message is gone. `from` is missing once it was erased.
 */
export interface EditedEntry extends Partial<Content> {
  type: 'edited';
  seq: number;
  id: string;
  of: number;
  from?: User;
  at: number;
  rev?: number;
}

/** The message at `of` was deleted. `from` is missing once it was erased. */
export interface DeletedEntry {
  type: 'deleted';
  seq: number;
  id: string;
  of: number;
  from?: User;
  at: number;
  by: Deleter;
}

/** Who reacted to a message: users by the name of the reaction, of each at most five, and how many they are. */
export interface ReactionSummary {
  /** Counts the changes of the message's reactions. Of two summaries the one with the higher (k, seq) holds. */
  k: number;
  counts: Readonly<Record<string, number>>;
  users: Readonly<Record<string, readonly User[]>>;
}

/** The reactions of a page's copy of a message. `mine` are the names of the reader's own. */
export interface Reactions extends ReactionSummary {
  seq: number;
  mine?: readonly string[];
}

/** The reactions to the message at `of` have changed: this is how they stood. */
export interface ReactedEntry extends ReactionSummary {
  type: 'reacted';
  seq: number;
  of: number;
  at: number;
}

/** An entry of a type this version does not know: its `seq` still counts. */
export interface UnknownEntry {
  type: 'unknown';
  seq: number;
}

/** A message that was erased. Its `seq` still counts, and its author knows it by its `id`. */
export interface ErasedEntry {
  type: 'erased';
  seq: number;
  id: string;
}

/** Something that happened to a user. `by` is missing if an operator did it. */
export interface SystemEntry {
  type: 'system';
  seq: number;
  what: 'kicked';
  user: User;
  by?: User;
  at: number;
}

/** One element of a room's log. */
export type LogEntry =
  | MessageEntry
  | TombstoneEntry
  | EditedEntry
  | DeletedEntry
  | ReactedEntry
  | SystemEntry
  | ErasedEntry
  | UnknownEntry;
