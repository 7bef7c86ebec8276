import { InvalidArgumentError } from '@commander-js/extra-typings';
import {
  LIMITS,
  MAX_BAN_MS,
  NAME_RULE,
  parseName,
  parseRoom,
  parseUserId,
  ROOM_RULE,
} from '../../lib/protocol';

/** Readers of command-line values. Each throws an error that says what would be right. */

/** Reads a whole number. `unit` names what it counts, such as `seconds`. */
export function wholeNumber(
  lowest: number,
  highest = Number.MAX_SAFE_INTEGER,
  unit = '',
): (text: string) => number {
  const range = highest === Number.MAX_SAFE_INTEGER ? `${lowest} or more` : `from ${lowest} to ${highest}`;
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a whole number${unit && ` of ${unit}`}, ${range}.`);
  };
}

/** Reads a number above or at a bound, fractions included. */
export function numberFrom(lowest: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= lowest && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(`It must be a number, ${lowest} or more.`);
  };
}

export function roomName(text: string): string {
  const room = parseRoom(text);
  if (room === undefined) throw new InvalidArgumentError(ROOM_RULE);
  return room;
}

/** Collects the values of `--room`, each once. */
export function roomNames(text: string, earlier: readonly string[] | undefined): readonly string[] {
  const rooms = [...new Set([...(earlier ?? []), roomName(text)])];
  if (rooms.length > LIMITS.roomsPerConnection)
    throw new InvalidArgumentError(`At most ${LIMITS.roomsPerConnection} rooms can be open at once.`);
  return rooms;
}

export function userName(text: string): string {
  const name = parseName(text);
  if (name === undefined) throw new InvalidArgumentError(NAME_RULE);
  return name;
}

export function userId(text: string): string {
  const id = parseUserId(text);
  if (id === undefined)
    throw new InvalidArgumentError('It must be a user id, as messages carry it in from.id.');
  return id;
}

/** Reads the address of a stack, given as the page's or as the socket's. */
export function stackUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text.replace(/^ws(?=s?:)/, 'http')) : undefined;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new InvalidArgumentError(
      'It must be an address such as wss://d111111abcdef8.cloudfront.net/ws, without a query or a password.',
    );
  return url;
}

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads how long a ban lasts; gives milliseconds. */
export function banTime(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (ms <= MAX_BAN_MS) return ms;
  throw new InvalidArgumentError('It must be a time such as 90s, 15m, 2h or 30d, 365d at most.');
}
