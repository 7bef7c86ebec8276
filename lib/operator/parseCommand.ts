import type { LogPosition } from '../ports/logStore';
import { parseRoom, parseSeq, parseUserId, ROOM_RULE } from '../protocol';
import { isRecord } from '../util/json';

/** What the function `operatorExport` is invoked with. */
export interface ExportCommand {
  room: string;
  after?: number;
}

/** What the function `operatorReplay` is invoked with. */
export interface ReplayCommand {
  room: string;
  from: number;
}

/** What the function `operatorErase` is invoked with. */
export type EraseCommand = { room: string; next?: number } | { user: string; next?: LogPosition };

/** What the function `operatorRooms` is invoked with: one room, or where the list of all goes on. */
export type RoomsCommand = { room: string } | { next?: LogPosition };

/** What the function `operatorUsers` is invoked with. */
export type UsersCommand =
  | { order: 'user'; user: string }
  | { order: 'connected' | 'bans'; text: string; next?: string };

const MAX_SEARCH_CHARACTERS = 128;

/** A key of the Connections table: a connection's id, or the hashed key of another row. */
const CURSOR = /^[\w#=+/-]{1,128}$/;

/** Reads `{"room", "after"?}`. @throws Error that says what is wrong. */
export function parseExportCommand(value: unknown): ExportCommand {
  const { room, after } = fieldsOf(value, ['room', 'after']);
  return { room: readRoom(room), ...(after !== undefined && { after: readSeq('after', after) }) };
}

/** Reads `{"room", "from"}`. @throws Error that says what is wrong. */
export function parseReplayCommand(value: unknown): ReplayCommand {
  const { room, from } = fieldsOf(value, ['room', 'from']);
  const seq = readSeq('from', from);
  if (seq < 1) throw new Error('"from" must be a seq: 1 or more.');
  return { room: readRoom(room), from: seq };
}

/**
 * Reads `{"room", "next"?}` or `{"user", "next"?}`, `next` as the call before gave it.
 * @throws Error that says what is wrong.
 */
export function parseEraseCommand(value: unknown): EraseCommand {
  const { room, user, next } = fieldsOf(value, ['room', 'user', 'next']);
  if ((room === undefined) === (user === undefined)) throw new Error('Give either "room" or "user".');
  if (user === undefined)
    return { room: readRoom(room), ...(next !== undefined && { next: readSeq('next', next) }) };
  if (typeof user !== 'string' || user === '') throw new Error('"user" must be the id of a user.');
  if (next === undefined) return { user };
  return { user, next: readPosition(next) };
}

/** Reads `{"room"}` or `{"next"?}`. @throws Error that says what is wrong. */
export function parseRoomsCommand(value: unknown): RoomsCommand {
  const { room, next } = fieldsOf(value, ['room', 'next']);
  if (room === undefined) return next === undefined ? {} : { next: readPosition(next) };
  if (next !== undefined) throw new Error('Give either "room" or "next".');
  return { room: readRoom(room) };
}

/**
 * Reads `{"order": "user", "user"}`, or `{"order": "connected" | "bans", "text"?, "next"?}`.
 * @throws Error that says what is wrong.
 */
export function parseUsersCommand(value: unknown): UsersCommand {
  const { order, user, text = '', next } = fieldsOf(value, ['order', 'user', 'text', 'next']);
  if (order === 'user') {
    const id = parseUserId(user);
    if (id === undefined) throw new Error('"user" must be a user id.');
    return { order, user: id };
  }
  if (order !== 'connected' && order !== 'bans') throw new Error('"order" must be user, connected or bans.');
  if (typeof text !== 'string' || text.length > MAX_SEARCH_CHARACTERS)
    throw new Error(`"text" must be a text of at most ${MAX_SEARCH_CHARACTERS} characters.`);
  if (next !== undefined && (typeof next !== 'string' || !CURSOR.test(next)))
    throw new Error('"next" must be the one that the call before gave.');
  return { order, text, ...(next !== undefined && { next }) };
}

function readPosition(value: unknown): LogPosition {
  const { room, seq } = fieldsOf(value, ['room', 'seq']);
  return { room: readPartition(room), seq: readSeq('next.seq', seq) };
}

function fieldsOf(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) throw new Error('The event must be one JSON object.');
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The event may have ${names.join(', ')} and nothing else.`);
  return value;
}

function readRoom(value: unknown): string {
  const room = parseRoom(value);
  if (room === undefined) throw new Error(ROOM_RULE);
  return room;
}

/** Reads the partition of a room's log or, with the seq of a message after a `#`, of the message's reactions. */
function readPartition(value: unknown): string {
  const [room, ...of] = String(value).split('#');
  readRoom(room);
  if (of.length > 0 && !(of.length === 1 && /^[1-9]\d*$/.test(of[0] ?? '')))
    throw new Error('"next.room" must be as the call before gave it.');
  return String(value);
}

function readSeq(name: string, value: unknown): number {
  const seq = parseSeq(value);
  if (seq === undefined) throw new Error(`"${name}" must be a whole number, 0 or more.`);
  return seq;
}
