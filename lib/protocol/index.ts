/**
 * The wire protocol `chat.v1`: every frame, its limits and its errors. PROTOCOL.md says the same in prose.
 * Server, client, page, terminal and tests import this module and nothing else of each other.
 */

/** The WebSocket subprotocol a client must offer, and the only one the server ever echoes. */
export const SUBPROTOCOL = 'chat.v1';

/** Prefix of the subprotocol that carries the token: `bearer.<jwt>`. It is never echoed. */
export const BEARER_PREFIX = 'bearer.';

const TEXT_CHARACTERS = 4000;
const NAME_CHARACTERS = 64;
const PAGE_ENTRIES = 100;
const ROOMS_PER_CONNECTION = 50;
/** A frame is an object, and in it at most one object more: the cursors of a ping. */
const FRAME_DEPTH = 2;
/** A ping's cursors for as many rooms as a connection may be in, and any frame's own fields, with some to spare. */
const FRAME_KEYS = ROOMS_PER_CONNECTION + 14;

/** The longest a user can be kept out at a time. */
export const MAX_BAN_MS = 365 * 24 * 3_600_000;

/** Sizes and counts that both ends keep to. Bytes are UTF-8; characters are Unicode code points. */
export const LIMITS = {
  clientFrameBytes: 20 * 1024,
  frameDepth: FRAME_DEPTH,
  frameKeys: FRAME_KEYS,
  serverFrameBytes: 32 * 1024,
  textCharacters: TEXT_CHARACTERS,
  nameCharacters: NAME_CHARACTERS,
  pageEntries: PAGE_ENTRIES,
  roomsPerConnection: ROOMS_PER_CONNECTION,
  listedMembers: 100,
} as const;

/** Who a frame speaks of. Always taken from the token, never from a frame. */
export interface User {
  id: string;
  name: string;
}

/** Messages a client may send. The tag is `action` because API Gateway routes on it. */
export type ClientMessage = { ref?: string } & (
  | { action: 'sendMessage'; room: string; id: string; text: string; after: number }
  | { action: 'joinRoom'; room: string; after?: number | undefined }
  | { action: 'leaveRoom'; room: string }
  | { action: 'getHistory'; room: string; before?: number; after?: number; limit?: number }
  | { action: 'typing'; room: string }
  | { action: 'ping'; rooms: Record<string, number> }
  | { action: 'kick'; room: string; user: string; forMs?: number }
  | { action: 'unban'; room: string; user: string }
);

export type Action = ClientMessage['action'];

/** One entry of a room's log. `at` is the server's clock in milliseconds; `seq` alone gives the order. */
export interface MessageEntry {
  type: 'message';
  seq: number;
  id: string;
  text: string;
  from: User;
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

/** Something that happened to a user: `by` whom is missing where the operator did it. */
export interface SystemEntry {
  type: 'system';
  seq: number;
  what: 'kicked';
  user: User;
  by?: User;
  at: number;
}

export type LogEntry = MessageEntry | SystemEntry | ErasedEntry | UnknownEntry;

/** Why a frame was refused. Codes are stable; the sentence beside them may change. */
export type ErrorCode =
  | 'badFrame'
  | 'unknownAction'
  | 'badField'
  | 'tooLarge'
  | 'notMember'
  | 'behind'
  | 'forbidden'
  | 'rateLimited'
  | 'tooManyRooms'
  | 'expired'
  | 'unavailable';

/** Acknowledges that the message with this `id` is in the log at `seq`. */
export interface Ack {
  type: 'ack';
  room: string;
  id: string;
  seq: number;
  at: number;
  /** Present when the id was in the log before this frame arrived. */
  duplicate?: true;
  /** The stored text, present when a repeat brought another one: the first wins. */
  text?: string;
}

/** A part of a room's log, oldest first. */
export interface Page {
  messages: LogEntry[];
  /** Entries remain beyond this page, in the direction that was asked for. */
  more: boolean;
  /** Entries next to the asked position have expired: there is a hole that cannot be filled. */
  truncated?: true;
  /** The asked position lies above the head: this is not the log the client knew. */
  reset?: true;
}

export interface Joined extends Page {
  type: 'joined';
  room: string;
  head: number;
  /** Names the log itself; another name means another log, whatever the numbers say. */
  log: string;
  /** Users present, as many as fit. `memberCount` counts them all, and the connections of a large room. */
  members: User[];
  memberCount: number;
}

export interface History extends Page {
  type: 'history';
  room: string;
}

export interface Pong {
  type: 'pong';
  log: string;
  /** Rooms whose head is above the cursor in the ping. */
  behind: Record<string, number>;
  /** Rooms in the ping that this connection is not in: join again. */
  notJoined: string[];
}

export interface ErrorFrame {
  type: 'error';
  code: ErrorCode;
  message: string;
  action?: string;
  room?: string;
  id?: string;
  retryAfterMs?: number;
}

/** The one answer every client frame gets. */
export type Reply = { ref?: string } & (
  | Ack
  | Joined
  | History
  | Pong
  | ErrorFrame
  | { type: 'ok'; action: 'leaveRoom' | 'typing' | 'kick' | 'unban'; room: string }
);

/** Frames nobody asked for: what others did. */
export type Push =
  | (MessageEntry & { room: string })
  | (ErasedEntry & { room: string })
  | (SystemEntry & { room: string })
  | (UnknownEntry & { room: string })
  | { type: 'memberJoined'; room: string; member: User }
  | { type: 'memberLeft'; room: string; member: User }
  | { type: 'typing'; room: string; from: User };

export type ServerMessage = Reply | Push;

/** Outcome of reading one frame from a client: a message, or the error to send back. */
export type ParsedClientFrame =
  | { ok: true; message: ClientMessage }
  | { ok: false; failure: ErrorFrame & { ref?: string } };

const ROOM = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const ID = /^[A-Za-z0-9_-]{8,64}$/;
const USER = /^[\x21-\x7e]{1,128}$/;
const REF = /^[\x20-\x7e]{1,32}$/;
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/u;
const UNPRINTABLE_OR_LINE_BREAK = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
// The seq above a cursor has to be a safe number, too: the database is asked for it.
const HIGHEST_SEQ = Number.MAX_SAFE_INTEGER - 1;

/** Says how one field is read: `undefined` means it is not what it must be. */
interface Rule<T> {
  read(value: unknown): T | undefined;
  must: string;
}

function matching(pattern: RegExp, must: string): Rule<string> {
  return { must, read: (value) => (isMatch(pattern, value) ? value : undefined) };
}

function integer(lowest: number, highest: number, must: string): Rule<number> {
  return { must, read: (value) => (isInteger(value, lowest, highest) ? value : undefined) };
}

function printable(most: number, refused: RegExp, must: string): Rule<string> {
  return { must, read: (value) => (isPrintable(value, most, refused) ? value : undefined) };
}

const ROOM_MUST = '1 to 64 characters of a-z, 0-9, ".", "_" and "-", beginning with a letter or digit';
const TEXT_MUST = `1 to ${TEXT_CHARACTERS} characters, without control characters other than newline and tab, and without lone surrogates`;
const NAME_MUST = `1 to ${NAME_CHARACTERS} characters on one line, without control characters`;

// A browser reads none of its own frames: what is marked pure is left out of its bundle.
const room = /* @__PURE__ */ matching(ROOM, ROOM_MUST);
const id = /* @__PURE__ */ matching(ID, '8 to 64 characters of A-Z, a-z, 0-9, "_" and "-"');
const ref = /* @__PURE__ */ matching(REF, '1 to 32 printable ASCII characters');
const seq = /* @__PURE__ */ integer(0, HIGHEST_SEQ, 'a whole number, 0 or more');
const limit = /* @__PURE__ */ integer(1, PAGE_ENTRIES, `a whole number from 1 to ${PAGE_ENTRIES}`);
const text = /* @__PURE__ */ printable(TEXT_CHARACTERS, UNPRINTABLE, TEXT_MUST);
const user = /* @__PURE__ */ matching(USER, '1 to 128 printable ASCII characters without spaces');
const forMs = /* @__PURE__ */ integer(1_000, MAX_BAN_MS, `a whole number from 1000 to ${MAX_BAN_MS}`);

const cursors: Rule<Record<string, number>> = {
  must: `an object from room to the last seq held there, at most ${ROOMS_PER_CONNECTION} rooms`,
  read(value) {
    if (!isRecord(value)) return undefined;
    const entries = Object.entries(value);
    if (entries.length > ROOMS_PER_CONNECTION) return undefined;
    const read: Record<string, number> = Object.create(null);
    for (const [key, cursor] of entries) {
      if (!isMatch(ROOM, key) || !isSeq(cursor)) return undefined;
      read[key] = cursor;
    }
    return read;
  },
};

type Rules = Record<string, Rule<unknown>>;
type Values<R extends Rules> = { [K in keyof R]: R[K] extends Rule<infer T> ? T : never };
type Fields<R extends Rules, O extends Rules> =
  | { ok: true; fields: Values<R> & Partial<Values<O>> }
  | { ok: false; reason: string };

/** Builds a new object from the fields the rules name; refuses missing, wrong and unknown ones. */
function readFields<R extends Rules, O extends Rules>(
  value: Record<string, unknown>,
  required: R,
  optional: O,
): Fields<R, O> {
  const fields: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries({ ...required, ...optional })) {
    const given = Object.hasOwn(value, key);
    if (!given && Object.hasOwn(optional, key)) continue;
    const read = given ? rule.read(value[key]) : undefined;
    if (read === undefined) return { ok: false, reason: `"${key}" must be ${rule.must}.` };
    fields[key] = read;
  }
  for (const key of Object.keys(value))
    if (key !== 'action' && !Object.hasOwn(fields, key))
      return { ok: false, reason: `${JSON.stringify(key.slice(0, 32))} is not a field of this action.` };
  return { ok: true, fields: fields as Values<R> & Partial<Values<O>> };
}

/** A message from a back end, which has no socket. Without `after` the server keeps the first try's head for it. */
export interface Publication {
  room: string;
  id: string;
  text: string;
  after?: number;
}

/** Reads what a back end wants to publish in a room. Never throws. */
export function parsePublication(
  value: unknown,
  inRoom: unknown,
): { ok: true; publication: Publication } | { ok: false; failure: ErrorFrame } {
  const refused = (code: ErrorCode, message: string): { ok: false; failure: ErrorFrame } => {
    const parsed = refuse({ ...(isRecord(value) && { id: value.id }), room: inRoom }, code, message);
    return { ok: false, failure: parsed.failure };
  };
  const named = room.read(inRoom);
  if (named === undefined) return refused('badField', ROOM_RULE);
  if (!isRecord(value)) return refused('badFrame', 'The body must be one JSON object.');
  const read = readFields(value, { id, text }, { after: seq });
  if (!read.ok) return refused('badField', read.reason);
  return { ok: true, publication: { room: named, ...read.fields } };
}

/** Reads a message from the object that a client's frame holds. Never throws. */
export function readClientMessage(value: Record<string, unknown>): ParsedClientFrame {
  const read = readAction(value);
  if (read === undefined)
    return refuse(
      value,
      'unknownAction',
      '"action" must be sendMessage, joinRoom, leaveRoom, getHistory, typing, ping, kick or unban.',
    );
  if (!read.ok) return refuse(value, 'badField', read.reason);
  const message = read.fields;
  if (message.action === 'getHistory' && message.before !== undefined && message.after !== undefined)
    return refuse(value, 'badField', 'Give "before" or "after", not both.');
  return { ok: true, message };
}

function readAction(
  value: Record<string, unknown>,
): { ok: true; fields: ClientMessage } | { ok: false; reason: string } | undefined {
  const tagged = <A extends Action, T>(
    action: A,
    read: { ok: true; fields: T } | { ok: false; reason: string },
  ) => (read.ok ? { ok: true as const, fields: { action, ...read.fields } } : read);
  switch (value.action) {
    case 'sendMessage':
      return tagged('sendMessage', readFields(value, { room, id, text, after: seq }, { ref }));
    case 'joinRoom':
      return tagged('joinRoom', readFields(value, { room }, { after: seq, ref }));
    case 'leaveRoom':
      return tagged('leaveRoom', readFields(value, { room }, { ref }));
    case 'getHistory':
      return tagged('getHistory', readFields(value, { room }, { before: seq, after: seq, limit, ref }));
    case 'typing':
      return tagged('typing', readFields(value, { room }, { ref }));
    case 'ping':
      return tagged('ping', readFields(value, { rooms: cursors }, { ref }));
    case 'kick':
      return tagged('kick', readFields(value, { room, user }, { forMs, ref }));
    case 'unban':
      return tagged('unban', readFields(value, { room, user }, { ref }));
    default:
      return undefined;
  }
}

/** Says what is wrong, repeating only what the client sent and what is well formed. */
function refuse(
  value: Record<string, unknown>,
  code: ErrorCode,
  message: string,
): Extract<ParsedClientFrame, { ok: false }> {
  const failure: ErrorFrame & { ref?: string } = { type: 'error', code, message };
  const given = { room: room.read(value.room), id: id.read(value.id), ref: ref.read(value.ref) };
  if (given.room !== undefined) failure.room = given.room;
  if (given.id !== undefined) failure.id = given.id;
  if (given.ref !== undefined) failure.ref = given.ref;
  if (isAction(value.action)) failure.action = value.action;
  return { ok: false, failure };
}

function isAction(value: unknown): value is Action {
  return (
    value === 'sendMessage' ||
    value === 'joinRoom' ||
    value === 'leaveRoom' ||
    value === 'getHistory' ||
    value === 'typing' ||
    value === 'ping' ||
    value === 'kick' ||
    value === 'unban'
  );
}

/**
 * Reads one frame from the server, or gives `undefined` for a frame to ignore: a type of a later version,
 * or one of API Gateway's own. Never throws.
 */
export function parseServerFrame(frame: string): ServerMessage | undefined {
  const value = parseJson(frame);
  if (!isRecord(value)) return undefined;
  const isRight = fits(FRAMES, value);
  if (isRight === undefined) {
    const entry = readEntry(value);
    return entry && isString(value.room) ? { ...entry, room: value.room } : undefined;
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

/** Reads the name a guest asks for: trimmed, one line, or `undefined` if it breaks the rule in {@link NAME_RULE}. */
export function parseName(value: unknown): string | undefined {
  const name = isString(value) && value.trim();
  return isPrintable(name, NAME_CHARACTERS, UNPRINTABLE_OR_LINE_BREAK) ? name : undefined;
}

/** The rule a name must keep, for the person who broke it. */
export const NAME_RULE = /* @__PURE__ */ sentence('A name', NAME_MUST);

/** Reads a room's name, or gives `undefined`. */
export function parseRoom(value: unknown): string | undefined {
  return isMatch(ROOM, value) ? value : undefined;
}

/** Reads a seq, or gives `undefined`. */
export function parseSeq(value: unknown): number | undefined {
  return seq.read(value);
}

/** Reads a user's id, or gives `undefined`. */
export function parseUserId(value: unknown): string | undefined {
  return isMatch(USER, value) ? value : undefined;
}

/** The rule a room's name must keep. */
export const ROOM_RULE = /* @__PURE__ */ sentence('A room', ROOM_MUST);

/** Reads a message's text, or gives `undefined`. */
export function parseText(value: unknown): string | undefined {
  return isPrintable(value, TEXT_CHARACTERS, UNPRINTABLE) ? value : undefined;
}

/** Tells why a text cannot be sent, or gives `undefined` when it can. */
export function problemWithText(value: string): string | undefined {
  return parseText(value) === undefined ? sentence('A message', TEXT_MUST) : undefined;
}

function sentence(what: string, must: string): string {
  return `${what} must be ${must}.`;
}

const encoder = /* @__PURE__ */ new TextEncoder();

/** Counts the bytes of a text as UTF-8. */
export function byteLength(value: string): number {
  return encoder.encode(value).length;
}

function isPrintable(value: unknown, most: number, refused: RegExp): value is string {
  return isString(value) && value !== '' && isShort(value, most) && !refused.test(value);
}

function isShort(value: string, most: number): boolean {
  // A character takes one or two of these units: of more than twice as many none needs to be counted.
  return value.length <= most || [...value.slice(0, 2 * most + 1)].length <= most;
}

function isMatch(pattern: RegExp, value: unknown): value is string {
  return isString(value) && pattern.test(value);
}

function isInteger(value: unknown, lowest: number, highest: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= lowest && (value as number) <= highest;
}

function isSeq(value: unknown): value is number {
  return isInteger(value, 0, HIGHEST_SEQ);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gives `undefined` for what is no JSON. */
export function parseJson(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}
