/**
 * How long the client waits, and how much it holds. Times are in milliseconds. This module imports nothing: only so
 * may a bundler put the numbers themselves where they are used.
 */

/** How long a request waits for its reply before it is made again. */
export const REPLY_TIMEOUT_MS = 5_000;

/** A server that asks for no wait, or for a longer one, is asked again after these. */
export const DEFAULT_RETRY_DELAY_MS = 1_000;
export const MAX_RETRY_DELAY_MS = 60_000;

export const PING_INTERVAL_MS = 30_000;
export const MIN_PING_INTERVAL_MS = 1_000;
/** API Gateway cuts a connection after 10 quiet minutes. */
export const MAX_PING_INTERVAL_MS = 9 * 60_000;
/** A socket that does not answer a ping within this is dead. */
export const PONG_TIMEOUT_MS = 10_000;

/** The token callback may take this long. */
export const TOKEN_TIMEOUT_MS = 30_000;
/** A token older than this part of its life is not used for another handshake. */
export const TOKEN_FRESH_FRACTION = 0.75;
/** A handshake may take this long. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Waits after a refused handshake of a client that was connected: at most the first, then the second, then the first. */
export const MAX_REFUSED_DELAY_MS = 20_000;
export const SECOND_REFUSED_DELAY_MS = 10_000;
export const BANNED_DELAY_MS = 60_000;
/** An attempt older than this restarts when the device comes online. */
export const STALLED_ATTEMPT_MS = 1_000;

/** A connection is replaced after 75 to 95 % of its life, at random: clients that began together drift apart. */
export const RENEWAL_FROM_FRACTION = 0.75;
export const RENEWAL_SPREAD_FRACTION = 0.2;
export const MIN_RENEWAL_MS = 5_000;
/** A replaced socket is used beside the new one for this long: rooms move, last answers come. */
export const OVERLAP_MS = 5_000;
/** Only a connection that has held this long lets the waits begin small again. */
export const STABLE_MS = 60_000;

/** Leaving is asked for again this often; after that the room goes on coming until the connection ends. */
export const MAX_LEAVE_RETRIES = 2;

/** A missing entry is given this long to come by itself. */
export const GAP_WAIT_MS = 250;
/** The random part of that wait, for each member and at most: not all may ask at once. */
export const SPREAD_MS_PER_MEMBER = 5;
export const MAX_SPREAD_MS = 5_000;
/** A read that brought nothing although there is more is tried again after this. */
export const STALLED_READ_RETRY_MS = 5_000;
/** Entries held back while earlier ones are missing; of more than these the highest are dropped and read again. */
export const MAX_BUFFERED_ENTRIES = 500;

/** Messages kept in a room. */
export const MAX_MESSAGES = 1_000;
/** Changes kept of messages that are not held: as many as can come while a page is read. */
export const MAX_KEPT_CHANGES = 500;
/** Messages are dropped from the beginning this many at a time. */
export const TRIM_BATCH = 64;
/** Older messages are waited for this long. */
export const OLDER_TIMEOUT_MS = 60_000;

export const MAX_OUTBOX_SIZE = 200;
export const OUTBOX_TTL_MS = 24 * 3_600_000;
/** An outbox keeps the messages of an absent user for this long. */
export const ABANDONED_RECORD_MS = 30 * 24 * 3_600_000;
