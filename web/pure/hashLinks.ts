import { parseRoom, parseSeq, ROOM_RULE } from '../../lib/protocol';

/** The room that the page opens by default. */
export const LOBBY = 'lobby';

/** Parses a link to a room, `#name`, or to a message, `#name/seq`. Returns `undefined` if it is none. */
export function roomInHash(hash: string): string | undefined {
  return placeIn(hash).room;
}

/** The seq of the message to which a link leads. */
export function seqInHash(hash: string): number | undefined {
  return placeIn(hash).seq;
}

function placeIn(hash: string): { room?: string | undefined; seq?: number | undefined } {
  try {
    const [name = '', digits, ...rest] = decodeURIComponent(hash.replace(/^#/, '')).split('/', 3);
    const seq = digits && /^\d{1,16}$/.test(digits) ? parseSeq(Number(digits)) : undefined;
    const isRight = rest.length === 0 && (digits === undefined) === (seq === undefined);
    return isRight ? { room: parseRoom(name.toLowerCase()), seq } : {};
  } catch {
    return {};
  }
}

/** What the page says of a link to a room that cannot exist. */
export const BAD_LINK = `The link names no room. ${ROOM_RULE}`;

/** Whether an address names a room that cannot exist. */
export function isBadLink(hash: string): boolean {
  return hash.length > 1 && roomInHash(hash) === undefined;
}

/** Parses a room as a user types it: "#General " is "general". */
export function roomAsTyped(typed: string): string | undefined {
  return parseRoom(typed.trim().replace(/^#/, '').toLowerCase().replace(/\s+/gu, '-'));
}

/** The link that opens a room, at a message if its seq is given. */
export function linkTo(room: string, href: string, seq?: number): string {
  const url = new URL(href);
  url.hash = seq === undefined ? room : `${room}/${seq}`;
  return url.href;
}
