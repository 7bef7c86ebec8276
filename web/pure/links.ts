/** A part of a message's text: plain, or a link. */
export type Piece = { type: 'text'; text: string } | { type: 'link'; text: string; href: string };

const HOST = String.raw`(?:[\p{L}\p{N}\p{M}.-]+|\[[\da-f:.]+\])(?::\d{1,5})?`;
// An address that goes on like this has a user name, or a character that only looks like a slash.
const HIDES_HOST = String.raw`[\p{L}\p{N}\p{M}.@%_\\-]|:\S|\p{Default_Ignorable_Code_Point}|(?![<>|])[\p{Sm}\p{So}]`;
// Brackets and punctuation of East Asian text, which no space parts from an address.
const EAST_ASIAN = String.raw`\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65`;
// Direction marks and other invisible characters end an address: it could read unlike the address that it opens.
const IN_PATH = String.raw`[^\s<>"“”«»${'`'}\p{Cc}\p{Default_Ignorable_Code_Point}${EAST_ASIAN}]`;
// Persian and several Indian languages write joiners between letters.
const JOINER = String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})`;
const ADDRESS = new RegExp(
  String.raw`\bhttps?:\/\/${HOST}(?!${HIDES_HOST})(?:[/?#](?:${IN_PATH}|${JOINER})*)?`,
  'giu',
);
const TRAILING = '.,:;!?…\'’"*_~({[';
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Splits a text into plain pieces and http(s) links, in linear time. Joined together again the pieces are the text. */
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
  const counts = new Map<string, number>();
  const add = (character: string, by: number) => counts.set(character, (counts.get(character) ?? 0) + by);
  for (const character of address) add(character, 1);
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address[end - 1] ?? '';
    const opening = OPENING[last];
    const isUnopened = opening !== undefined && (counts.get(last) ?? 0) > (counts.get(opening) ?? 0);
    if (!TRAILING.includes(last) && !isUnopened) break;
    add(last, -1);
  }
  return address.slice(0, end);
}

/** Parses an address. Returns `undefined` if it is broken or hides its host behind a user name. */
function readAddress(address: string): string | undefined {
  try {
    const url = new URL(address);
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    return isWeb && url.username === '' && url.password === '' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
