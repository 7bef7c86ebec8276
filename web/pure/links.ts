/** A part of a message's text: plain, or a link. */
export type Piece = { type: 'text'; text: string } | { type: 'link'; text: string; href: string };

// Direction marks and overrides end an address: with them it could read unlike the address that it opens.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/giu;
const TRAILING = /[.,:;!?…'"*_~\]}]$/u;

/** Splits a text into plain pieces and http(s) links. Joined together again the pieces are the text. */
export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrailing(match[0]);
    const href = readAddress(address);
    if (href === undefined) continue;
    if (match.index > from) pieces.push({ type: 'text', text: text.slice(from, match.index) });
    pieces.push({ type: 'link', text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ type: 'text', text: text.slice(from) });
  return pieces;
}

/** Drops the sentence's own characters from an address: a full stop, a bracket that was not opened in it. */
function withoutTrailing(address: string): string {
  let end = address;
  while (TRAILING.test(end) || (end.endsWith(')') && count(end, ')') > count(end, '(')))
    end = end.slice(0, -1);
  return end;
}

/** Parses an address. Returns `undefined` if it is broken or hides its host behind a user name. */
function readAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
