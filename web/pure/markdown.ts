import MarkdownIt, { type StateInline, type Token } from 'markdown-it';
import type { Piece } from './links';

/** A part of a formatted text. The types that hold parts are the names of their HTML elements. */
export type Markup =
  | { type: 'text'; text: string }
  | { type: 'link'; text: string; href: string }
  | { type: 'code' | 'pre'; text: string }
  | { type: Container; start?: number; parts: Markup[] };

export type Container = (typeof CONTAINERS)[number];

const CONTAINERS = ['p', 'blockquote', 'ul', 'ol', 'li', 'strong', 'em', 's'] as const;

const INLINE: ReadonlySet<Markup['type']> = new Set(['text', 'link', 'code', 'strong', 'em', 's']);

/** Given by the caller, so that this module shares none with the page and is loaded in one request. */
type SplitLinks = (text: string) => Piece[];

/** A text that nests deeper is shown as it is: the parser would drop what lies below its own limit. */
const MAX_DEPTH = 16;

const parser = new MarkdownIt('zero', { maxNesting: MAX_DEPTH + 4 }).enable([
  'blockquote',
  'fence',
  'list',
  'backticks',
  'emphasis',
  'escape',
  'strikethrough',
]);
parser.inline.ruler.push('address', readAddress);
// A line without ">" answers the quote above it, and is no part of it.
parser.block.ruler.push('quote end', (_state, _start, _end, silent) => silent, { alt: ['blockquote'] });

/**
 * Parses the subset of Markdown that messages may use: bold, italic, strike, code, code blocks, lists and quotes. Links
 * are those that `splitLinks` finds, and no others. Takes linear time.
 */
export function parseMarkdown(text: string, splitLinks: SplitLinks): Markup[] {
  const tokens = parser.parse(text, { splitLinks });
  const isTooDeep = tokens.some(
    ({ level, children }) =>
      level >= MAX_DEPTH || children?.some((child) => level + child.level >= MAX_DEPTH) === true,
  );
  return isTooDeep ? [{ type: 'p', parts: splitLinks(text) }] : partsOf(tokens);
}

/** The words of a formatted text in one line. */
export function wordsOf(parts: readonly Markup[]): string {
  return spacedWordsOf(parts).replace(/\s+/gu, ' ').trim();
}

function spacedWordsOf(parts: readonly Markup[]): string {
  return parts
    .map((part) => {
      const words = 'parts' in part ? spacedWordsOf(part.parts) : part.text;
      return INLINE.has(part.type) ? words : ` ${words} `;
    })
    .join('');
}

function partsOf(tokens: readonly Token[]): Markup[] {
  const top: Markup[] = [];
  const open = [top];
  for (const token of tokens) {
    const parts = open.at(-1) ?? top;
    if (token.nesting < 0) open.pop();
    else if (token.nesting > 0) open.push(openPart(parts, token));
    else parts.push(...leafOf(token));
  }
  return top;
}

/** Adds a part that holds the following ones, and returns their list. Paragraphs of a list without empty lines are none. */
function openPart(parts: Markup[], token: Token): Markup[] {
  const type = token.hidden ? undefined : CONTAINERS.find((name) => name === token.tag);
  if (!type) return parts;
  const start = Number(token.attrGet('start') ?? 1);
  const held: Markup[] = [];
  parts.push({ type, parts: held, ...(type === 'ol' && { start }) });
  return held;
}

function leafOf({ type, content, children, meta }: Token): Markup[] {
  switch (type) {
    case 'inline':
      return partsOf(children ?? []);
    case 'code_inline':
      return [{ type: 'code', text: content }];
    case 'fence':
      return [{ type: 'pre', text: content }];
    case 'address':
      return [{ type: 'link', text: content, href: String(meta?.href) }];
    default:
      return content === '' ? [] : [{ type: 'text', text: content }];
  }
}

/** Reads an address whose "http" or "https" was read as text: only its colon makes the parser stop. */
function readAddress(state: StateInline, silent: boolean): boolean {
  if (silent || state.src[state.pos] !== ':') return false;
  const start =
    state.pos - (/https?$/i.exec(state.src.slice(Math.max(0, state.pos - 5), state.pos))?.[0].length ?? 0);
  const link = linksOf(state).get(start);
  if (!link) return false;
  state.pending = state.pending.slice(0, start - state.pos);
  const token = state.push('address', '', 0);
  token.content = link.text;
  token.meta = { href: link.href };
  state.pos = start + link.text.length;
  return true;
}

const linksIn = new WeakMap<StateInline, Map<number, { text: string; href: string }>>();

/** The links of what is being parsed, by their positions. They are searched once. */
function linksOf(state: StateInline): Map<number, { text: string; href: string }> {
  const known = linksIn.get(state);
  if (known) return known;
  const links = new Map<number, { text: string; href: string }>();
  let position = 0;
  const { splitLinks } = state.env as { splitLinks: SplitLinks };
  for (const piece of splitLinks(state.src)) {
    if (piece.type === 'link') links.set(position, piece);
    position += piece.text.length;
  }
  linksIn.set(state, links);
  return links;
}
