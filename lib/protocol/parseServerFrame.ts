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
  return value as unknown as ServerMessage;
}

/** What a client builds on, in something that comes from the server. */
type Shape = Record<string, (value: unknown) => boolean>;

const ENTRIES: Record<string, Shape> = {
  message: { id: isString, text: isString, from: isUser, at: Number.isFinite },
  system: {
    what: (what) => what === 'kicked',
    user: isUser,
    by: (by) => by === undefined || isUser(by),
    at: Number.isFinite,
  },
  erased: { id: isString },
};

/** The frames that are not entries of the log. */
const FRAMES: Record<string, Shape> = {
  ack: { room: isString, id: isString, seq: isSeq },
  joined: { room: isString, log: isString, head: isSeq, members: areUsers, messages: areEntries },
  history: { room: isString, messages: areEntries },
  pong: { behind: areSeqs, notJoined: Array.isArray },
  error: { code: isString },
  ok: { room: isString },
  memberJoined: { room: isString, member: isUser },
  memberLeft: { room: isString, member: isUser },
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
  return Array.isArray(value) && value.every(readEntry);
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
