import type { LogPosition } from '../ports/logStore';
import { parseRoom, parseSeq, ROOM_RULE } from '../protocol';

/** What the function `operatorExport` is invoked with. */
export interface ExportCommand {
  room: string;
  after?: number;
}

/** What the function `operatorErase` is invoked with. */
export type EraseCommand = { room: string; next?: number } | { user: string; next?: LogPosition };

/** Reads `{"room", "after"?}`. @throws Error that says what is wrong. */
export function parseExportCommand(value: unknown): ExportCommand {
  const { room, after } = fieldsOf(value, ['room', 'after']);
  return { room: readRoom(room), ...(after !== undefined && { after: readSeq('after', after) }) };
}

/** Reads `{"room", "next"?}` or `{"user", "next"?}`, `next` as the call before gave it. @throws Error that says what is wrong. */
export function parseEraseCommand(value: unknown): EraseCommand {
  const { room, user, next } = fieldsOf(value, ['room', 'user', 'next']);
  if ((room === undefined) === (user === undefined)) throw new Error('Give either "room" or "user".');
  if (user === undefined)
    return { room: readRoom(room), ...(next !== undefined && { next: readSeq('next', next) }) };
  if (typeof user !== 'string' || user === '') throw new Error('"user" must be the id of a user.');
  if (next === undefined) return { user };
  const place = fieldsOf(next, ['room', 'seq']);
  return { user, next: { room: readRoom(place.room), seq: readSeq('next.seq', place.seq) } };
}

function fieldsOf(value: unknown, names: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('The event must be one JSON object.');
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The event may have ${names.join(', ')} and nothing else.`);
  return { ...value };
}

function readRoom(value: unknown): string {
  const room = parseRoom(value);
  if (room === undefined) throw new Error(ROOM_RULE);
  return room;
}

function readSeq(name: string, value: unknown): number {
  const seq = parseSeq(value);
  if (seq === undefined) throw new Error(`"${name}" must be a whole number, 0 or more.`);
  return seq;
}
