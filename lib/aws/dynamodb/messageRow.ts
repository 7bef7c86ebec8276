/** A row of the Messages table. `ttl` is in seconds, as the database wants it. */
export type MessageRow = {
  room: string;
  seq: number;
  /** A message has none: the bytes pay for its hash. */
  type?: string;
  id: string;
  user: string;
  /** Not in an erased row. */
  name?: string;
  /** What the author was when the entry was written. */
  role?: string;
  /** The words: of a change only while it is pending. `data` and `mentions` are JSON. */
  text?: string;
  data?: string;
  mentions?: string;
  /** What is known of a message's files, as JSON. */
  files?: string;
  kind?: string;
  replyTo?: number;
  /** The hash of what the row was written with. */
  h?: string;
  at: number;
  /** How many messages the room got up to this row; missing while there was none. */
  n?: number;
  ttl?: number;
  /** Kilobytes of words that are longer than one. */
  kb?: number;
  /** In an edited message: the seq and the time of the last edit, and how many there were. */
  rev?: number;
  editedAt?: number;
  edits?: number;
  /** In a deleted message: the seq of its deletion. */
  deleted?: number;
  /** A moderator deleted it; in the message and in the entry of the deletion. */
  moderated?: number;
  /**
   * In a message with reactions: their (k, seq), and counts and users as JSON. In their entry: `rk`, and while pending
   * the rest.
   */
  rk?: number;
  rseq?: number;
  reactions?: string;
  /** Kilobytes of reactions, where they are longer than one. */
  rkb?: number;
  /** In a change: the seq of its target. In a change and in a message with files: the mark that it is pending. */
  of?: number;
  todo?: number;
  /** In a system entry: what happened to the user, and the moderator. */
  what?: string;
  by?: string;
  byName?: string;
};

/** The attributes that make an entry. */
export const ROW = [
  'seq',
  'type',
  'id',
  'user',
  'name',
  'role',
  'text',
  'data',
  'mentions',
  'files',
  'kind',
  'replyTo',
  'at',
  'ttl',
  'rev',
  'editedAt',
  'deleted',
  'moderated',
  'rk',
  'rseq',
  'reactions',
  'of',
  'todo',
  'what',
  'by',
  'byName',
] as const satisfies readonly (keyof MessageRow)[];

/** The attributes that hold words. */
export const WORDS = ['text', 'data', 'mentions'] as const;

/** The attributes of a message's files. */
export const FILES = ['files', 'todo'] as const;

/** The attributes of a message's reactions. */
export const REACTIONS = ['rk', 'rseq', 'reactions', 'rkb'] as const;

/** The attributes that identify an entry. */
export const IDENTITY = [
  'seq',
  'id',
  'user',
  'at',
  'n',
  'ttl',
  'what',
  'kb',
  'rkb',
  'files',
  'h',
  'of',
  'todo',
] as const satisfies readonly (keyof MessageRow)[];
