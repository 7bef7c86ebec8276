import { isRecord, parseJson } from '../util/json';
import type { LogEntry } from './entries';
import { isSeq, isString } from './fields';
import type { ServerMessage } from './serverFrames';

/** What a client builds on in frames: by the frame's type and the field's name, what the field must be. */
export type FrameShapes = Record<string, Record<string, (value: unknown) => boolean>>;

type Shape = FrameShapes[string];
type Check = Shape[string];

/**
 * Parses a frame from the server: an entry of a log, or a frame of a known type. Returns `undefined` for a frame to
 * ignore: another type, or a frame of API Gateway itself. Never throws.
 */
export function parseFrame(frame: string, known: FrameShapes): ServerMessage | undefined {
  const value = parseJson(frame);
  if (!isRecord(value)) return undefined;
  const isRight = fits(known, value);
  if (isRight === undefined) {
    const entry = readEntry(value);
    if (!entry || !isString(value.room)) return undefined;
    return { ...entry, room: value.room, ...(isString(value.log) && { log: value.log }) };
  }
  if (!isRight) return undefined;
  // What a client builds on has been looked at; the server is trusted for the rest of its own frames.
  if (value.messages) value.messages = (value.messages as unknown[]).map(readEntry);
  if (value.entry) value.entry = readEntry(value.entry);
  return value as unknown as ServerMessage;
}

export const isUser: Check = /* @__PURE__ */ shaped({
  id: isString,
  name: isString,
  role: /* @__PURE__ */ optional(isString),
});

export const SUMMARY: Shape = {
  k: isSeq,
  counts: /* @__PURE__ */ recordOf(isSeq),
  users: /* @__PURE__ */ recordOf(/* @__PURE__ */ listOf(isUser)),
};

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

/** The frames that every client needs, besides the entries of a log. */
export const CORE_FRAMES: FrameShapes = {
  ack: { room: isString, id: isString, seq: isSeq, entry: /* @__PURE__ */ optional(isEntry) },
  joined: {
    room: isString,
    log: isString,
    head: isSeq,
    members: /* @__PURE__ */ listOf(isUser),
    messages: /* @__PURE__ */ listOf(isEntry),
    can: /* @__PURE__ */ listOf(isString),
  },
  history: { room: isString, messages: /* @__PURE__ */ listOf(isEntry) },
  pong: { behind: /* @__PURE__ */ recordOf(isSeq), notJoined: Array.isArray, pingWithinMs: isSeq },
  error: { code: isString, until: /* @__PURE__ */ optional(Number.isFinite) },
  ok: { room: isString },
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

export function optional(isRight: Check): Check {
  return (value) => value === undefined || isRight(value);
}

export function listOf(isRight: Check): Check {
  return (value) => Array.isArray(value) && value.every(isRight);
}

function recordOf(isRight: Check): Check {
  return (value) => isRecord(value) && Object.values(value).every(isRight);
}

export function shaped(shape: Shape): Check {
  return (value) => isRecord(value) && matches(shape, value);
}
