import { isRecord, parseJson } from '../util/json';
import { isSeq, isString } from './fields';
import type { LogEntry, ServerMessage, User } from './frames';

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
  if (Array.isArray(value.messages)) value.messages = value.messages.map(readEntry);
  if (value.type === 'ack' && value.entry !== undefined) value.entry = readEntry(value.entry);
  return value as unknown as ServerMessage;
}

/** What a client builds on, in something that comes from the server. */
type Shape = Record<string, (value: unknown) => boolean>;

const SUMMARY: Shape = { k: isSeq, counts: areSeqs, users: areUsersByName };

const ENTRIES: Record<string, Shape> = {
  message: {
    id: isString,
    text: isString,
    from: isUser,
    at: Number.isFinite,
    mentions: optional(areStrings),
    replyTo: optional(isSeq),
    rev: optional(isSeq),
    reactions: optional(areReactions),
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

/** The frames that are not entries of the log. */
const FRAMES: Record<string, Shape> = {
  ack: { room: isString, id: isString, seq: isSeq, entry: optional(isEntry) },
  joined: {
    room: isString,
    log: isString,
    head: isSeq,
    members: areUsers,
    messages: areEntries,
    can: areStrings,
  },
  history: { room: isString, messages: areEntries },
  reactions: { room: isString, of: isSeq, mine: areStrings, ...SUMMARY },
  pong: { behind: areSeqs, notJoined: Array.isArray },
  error: { code: isString, until: optional(Number.isFinite) },
  ok: { room: isString },
  memberJoined: { room: isString, rooms: areRooms, member: isUser },
  memberLeft: { room: isString, rooms: areRooms, member: isUser },
  typing: { room: isString, from: isUser },
};

/** Whether a value is as its type wants it; `undefined` when its type is none of these. */
function fits(shapes: Record<string, Shape>, value: Record<string, unknown>): boolean | undefined {
  const shape = Object.entries(shapes).find(([type]) => type === value.type)?.[1];
  return shape && Object.entries(shape).every(([field, isRight]) => isRight(value[field]));
}

function readEntry(value: unknown): LogEntry | undefined {
  if (!isRecord(value) || !isSeq(value.seq)) return undefined;
  return fits(ENTRIES, value) ? (value as unknown as LogEntry) : { type: 'unknown', seq: value.seq };
}

function areEntries(value: unknown): boolean {
  return Array.isArray(value) && value.every(isEntry);
}

function isEntry(value: unknown): boolean {
  return readEntry(value) !== undefined;
}

function optional(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || isRight(value);
}

function areStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(isString);
}

function areReactions(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.entries({ seq: isSeq, ...SUMMARY }).every(([field, isRight]) => isRight(value[field]))
  );
}

function areUsersByName(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(areUsers);
}

/** The further rooms of an announcement, which most have not. */
function areRooms(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isString));
}

function isUser(value: unknown): value is User {
  return isRecord(value) && isString(value.id) && isString(value.name);
}

function areUsers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isUser);
}

function areSeqs(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isSeq);
}
