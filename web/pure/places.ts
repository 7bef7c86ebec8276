import { parseRoom } from '../../lib/protocol';

/** The room that the page opens by default. */
export const LOBBY = 'lobby';

/** Parses a link to a room, `#name`. Returns `undefined` if it is none. */
export function roomInHash(hash: string): string | undefined {
  try {
    return parseRoom(decodeURIComponent(hash.replace(/^#/, '')).toLowerCase());
  } catch {
    return undefined;
  }
}

/** Whether an address names a room that cannot exist. */
export function isBadLink(hash: string): boolean {
  return hash.length > 1 && roomInHash(hash) === undefined;
}

/** Parses a room as a user types it: "#General " is "general". */
export function roomAsTyped(typed: string): string | undefined {
  return parseRoom(typed.trim().replace(/^#/, '').toLowerCase().replace(/\s+/gu, '-'));
}

/** The link that opens a room. */
export function linkTo(room: string, href: string): string {
  const url = new URL(href);
  url.hash = room;
  return url.href;
}
