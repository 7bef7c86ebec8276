/** Reads Markdown as lines and sentences. Code, link targets and headings are no sentences. */

export const MAX_COLUMNS = 120;
export const MAX_WORDS = 20;

export interface Line {
  number: number;
  text: string;
  kind: 'code' | 'table' | 'heading' | 'prose';
}

export function readLines(markdown: string): Line[] {
  let isCode = false;
  return markdown.split('\n').map((text, index) => {
    const isFence = /^\s*```/.test(text);
    const kind = isCode || isFence ? 'code' : kindOf(text);
    if (isFence) isCode = !isCode;
    return { number: index + 1, text, kind };
  });
}

function kindOf(text: string): Line['kind'] {
  if (/^\s*\|/.test(text)) return 'table';
  return /^#/.test(text) ? 'heading' : 'prose';
}

/** Columns of a line. A link's target is not counted, because it cannot be broken. */
export function columns(text: string): number {
  return text.replaceAll(/\]\([^)]*\)/g, ']()').replace(/^(\[[^\]]+\]:) \S+$/, '$1').length;
}

/** The sentences of a line: a code span is one word, a table's cells are apart. */
export function sentencesOf({ text, kind }: Line): string[] {
  if (kind === 'code' || kind === 'heading') return [];
  const cells = kind === 'table' ? text.split(/(?<!\\)\|/) : [text];
  return cells.flatMap((cell) =>
    plain(cell)
      .split(/(?<=[.!?]["”)*]*)\s+/)
      .filter((sentence) => /[A-Za-z]/.test(sentence)),
  );
}

/** How many sentences a line of prose ends or begins: more than 1 belongs on several lines. */
export function sentencesOnLine(text: string): number {
  return plain(text).split(/(?<=[a-z0-9)`”"*][.!?]\**)\s+(?=[A-Z`*\d“"[])/).length;
}

function plain(text: string): string {
  return text
    .replaceAll(/`[^`]+`/g, 'Code')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*([-*]|\d+\.)\s+(\[[ x]\]\s+)?/, '')
    .replaceAll('**', '')
    .trim();
}

export function wordsOf(sentence: string): string[] {
  return sentence.split(/\s+/).filter((word) => /[A-Za-z0-9]/.test(word));
}
