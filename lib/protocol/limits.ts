export const TEXT_CHARACTERS = 4000;
export const NAME_CHARACTERS = 64;
export const PAGE_ENTRIES = 100;
export const ROOMS_PER_CONNECTION = 50;
export const MENTIONS = 20;
/** The longest title of a room, in characters. */
export const TITLE_CHARACTERS = 64;
/** The longest name of a reaction, in characters. */
export const REACTION_CHARACTERS = 32;
/** The size of a message's `data`, in bytes of its JSON, and its structure: itself is one deep. */
export const DATA_BYTES = 4096;
/** The size of a signal's `data`, which has the same structure. */
export const SIGNAL_DATA_BYTES = 1024;
export const DATA_DEPTH = 4;
export const DATA_KEYS = 64;
/** Files of one message. */
export const FILES = 10;
/** The size of one file, in bytes. */
export const FILE_BYTES = 25 * 1024 * 1024;
/** The size of a picture's tile, in bytes. */
export const TILE_BYTES = 64 * 1024;
/** The longest name of a file, in characters. */
export const FILE_NAME_CHARACTERS = 64;
/** The longest reason of a review's refusal or of a report, in characters. */
export const REASON_CHARACTERS = 200;
/** Reports that a user may have open, and those that a message is listed with. */
export const REPORTS_PER_USER = 50;
export const REPORTS_PER_MESSAGE = 20;
/** Messages of a user that may wait for moderators. */
export const HELD_PER_USER = 10;
/** The longest token that a handshake may carry: it travels in a header. */
export const MAX_TOKEN_CHARACTERS = 4096;

/** A frame is an object with at most one level more, such as the cursors of a ping. Only `data` is deeper. */
const FRAME_DEPTH = 2;

/** Enough for a ping's cursors of all rooms, and for the fields of any frame. Keys in `data` count apart. */
const FRAME_KEYS = ROOMS_PER_CONNECTION + 14;

/** API Gateway ends every connection after this, in milliseconds. */
export const MAX_CONNECTION_MS = 7_200_000;

/** The longest a user can be kept out at a time. */
export const MAX_BAN_MS = 365 * 24 * 3_600_000;

/** The longest wait of slow mode, in seconds. */
export const MAX_SLOW_SECONDS = 21_600;

/** Sizes and counts that both ends keep to. Bytes are UTF-8; characters are Unicode code points. */
export const LIMITS = {
  /** The longest text, data and mentions fit together. */
  clientFrameBytes: 24 * 1024,
  frameDepth: FRAME_DEPTH,
  frameKeys: FRAME_KEYS,
  serverFrameBytes: 32 * 1024,
  textCharacters: TEXT_CHARACTERS,
  nameCharacters: NAME_CHARACTERS,
  titleCharacters: TITLE_CHARACTERS,
  pageEntries: PAGE_ENTRIES,
  roomsPerConnection: ROOMS_PER_CONNECTION,
  listedMembers: 100,
  tokenCharacters: MAX_TOKEN_CHARACTERS,
  mentions: MENTIONS,
  dataBytes: DATA_BYTES,
  signalDataBytes: SIGNAL_DATA_BYTES,
  dataDepth: DATA_DEPTH,
  dataKeys: DATA_KEYS,
  files: FILES,
  fileBytes: FILE_BYTES,
  fileNameCharacters: FILE_NAME_CHARACTERS,
  editsPerMessage: 20,
  reactionCharacters: REACTION_CHARACTERS,
  reactionNames: 20,
  reactionsPerUser: 10,
  reactorsPerMessage: 10_000,
  followsPerUser: 500,
} as const;
