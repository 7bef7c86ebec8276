// Not `Intl.Segmenter`: Firefox has it from version 125 on, and this page runs in older ones.
const GRAPHEME =
  /(?:\p{Regional_Indicator}{2}|[\s\S])(?:[\p{M}\p{Emoji_Modifier}\u{e0020}-\u{e007f}]|\u200d\P{M})*/gu;

/** Cuts a text to at most `units` UTF-16 units, between two characters as a reader sees them. */
export function cutText(text: string, units: number): string {
  if (text.length <= units) return text;
  // A character that reaches this far does not fit, however it ends.
  const start = text.slice(0, 2 * units);
  return fill(start.match(GRAPHEME) ?? [], units) || fill(start, units);
}

/** The first character as a reader sees it. */
export function firstGrapheme(text: string): string {
  return text.slice(0, 64).match(GRAPHEME)?.[0] ?? '';
}

/** Joins parts as long as they fit. */
function fill(parts: Iterable<string>, units: number): string {
  let filled = '';
  for (const part of parts) {
    if (filled.length + part.length > units) break;
    filled += part;
  }
  return filled;
}
