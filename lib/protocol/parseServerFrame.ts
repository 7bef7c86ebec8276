import { isRecord, parseJson } from '../util/json';
import type { LogEntry } from './entries';
import { isSeq, isString } from './fields';
import type { ServerMessage } from './serverFrames';

/**
 * Parses a frame from the server. Returns `undefined` for a frame to ignore: an unknown type, or a frame of API
 * Gateway itself. Never throws.
 */
export function parseServerFrame(frame: string): ServerMessage | undefined {
  const value = parseJson(frame);
  if (!isRecord(value)) return undefined;
  const isRight = fits(FRAMES, value);
  if (isRight === undefined) {
    const entry = readEntry(value);
    if (!entry || !isString(value.room)) return undefined;
    return { ...entry, room: value.room, ...(isString(value.log) && { log: value.log }) };
  }
  if (!isRight) return undefined;
  // What a client builds on has been looked at; the server is trusted for the rest of its own frames.
  if (value.messages) value.messages = (value.messages as unknown[]).map(readEntry);
  if (value.type === 'ack' && value.entry !== undefined) value.entry = readEntry(value.entry);
  return value as unknown as ServerMessage;
}

type Check = (value: unknown) => boolean;

/** What a client builds on, in something that comes from the server. */
type Shape = Record<string, Check>;

const isUser = shaped({ id: isString, name: isString });

const SUMMARY: Shape = { k: isSeq, counts: recordOf(isSeq), users: recordOf(listOf(isUser)) };

const ENTRIES: Record<string, Shape> = {
  message: {
    id: isString,
    text: isString,
    from: isUser,
    at: Number.isFinite,
    mentions: optional(listOf(isString)),
    replyTo: optional(isSeq),
    rev: optional(isSeq),
    reactions: optional(shaped({ seq: isSeq, ...SUMMARY })),
  },
  system: {
    what: (what) => what === 'kicked',
    user: isUser,
    by: optional(isUser),
    at: Number.isFinite,
  },
  erased: { id: isString },
  tombstone: { id: isString, from: isUser, at: Number.isFinite, deleted: isSeq },
  edited: { id: isString, of: isSeq, at: Number.isFinite, text: optional(isString), rev: optional(isSeq) },
  deleted: { id: isString, of: isSeq, at: Number.isFinite },
  reacted: { of: isSeq, at: Number.isFinite, ...SUMMARY },
};

/** Most announcements have no further rooms. */
const ANNOUNCEMENT: Shape = { room: isString, rooms: optional(listOf(isString)), member: isUser };

/** The frames that are not entries of the log. */
const FRAMES: Record<string, Shape> = {
  ack: { room: isString, id: isString, seq: isSeq, entry: optional(isEntry) },
  joined: {
    room: isString,
    log: isString,
    head: isSeq,
    members: listOf(isUser),
    messages: listOf(isEntry),
    can: listOf(isString),
  },
  history: { room: isString, messages: listOf(isEntry) },
  reactions: { room: isString, of: isSeq, mine: listOf(isString), ...SUMMARY },
  bans: {
    room: isString,
    bans: listOf(shaped({ user: isUser, until: isSeq, at: isSeq, by: optional(isUser) })),
    next: optional(isString),
  },
  members: {
    room: isString,
    members: listOf(shaped({ user: isUser, devices: isSeq, since: isSeq })),
    next: optional(isString),
  },
  rooms: { rooms: listOf(shaped({ room: isString })) },
  roomAdded: { room: isString, since: isSeq },
  roomRemoved: { room: isString },
  pong: { behind: recordOf(isSeq), notJoined: Array.isArray },
  error: { code: isString, until: optional(Number.isFinite) },
  ok: { room: isString },
  memberJoined: ANNOUNCEMENT,
  memberLeft: ANNOUNCEMENT,
  typing: { room: isString, from: isUser },
  signal: { room: isString, name: isString, from: isUser },
  draft: {
    room: isString,
    of: isSeq,
    from: isUser,
    generation: isSeq,
    offset: isSeq,
    text: optional(isString),
  },
};

/** Whether a value is as its type wants it; `undefined` when its type is none of these. */
function fits(shapes: Record<string, Shape>, value: Record<string, unknown>): boolean | undefined {
  const shape = Object.entries(shapes).find(([type]) => type === value.type)?.[1];
  return shape && matches(shape, value);
}

function matches(shape: Shape, value: Record<string, unknown>): boolean {
  return Object.entries(shape).every(([field, isRight]) => isRight(value[field]));
}

function readEntry(value: unknown): LogEntry | undefined {
  if (!isRecord(value) || !isSeq(value.seq)) return undefined;
  return fits(ENTRIES, value) ? (value as unknown as LogEntry) : { type: 'unknown', seq: value.seq };
}

function isEntry(value: unknown): boolean {
  return readEntry(value) !== undefined;
}

function optional(isRight: Check): Check {
  return (value) => value === undefined || isRight(value);
}

function listOf(isRight: Check): Check {
  return (value) => Array.isArray(value) && value.every(isRight);
}

function recordOf(isRight: Check): Check {
  return (value) => isRecord(value) && Object.values(value).every(isRight);
}

function shaped(shape: Shape): Check {
  return (value) => isRecord(value) && matches(shape, value);
}
