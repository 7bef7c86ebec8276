import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { printableLines, withoutEscapes } from '../../cli/terminal/terminalText';
import { mixesScripts } from '../../lib/auth/guestNames';
import { parseName, parseRoom, parseServerFrame, parseText } from '../../lib/protocol';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';
import { charactersLeft, readyToSend } from '../../web/pure/compose';
import { cutText, firstGrapheme } from '../../web/pure/graphemes';
import { splitLinks } from '../../web/pure/links';
import { parseMarkdown } from '../../web/pure/markdown';
import { mentionAt } from '../../web/pure/mentions';
import { initialsOf, marksOf } from '../../web/pure/people';
import { roomAsTyped, roomInHash } from '../../web/pure/places';

const ROOT = path.resolve(__dirname, '..', '..');
const SIZE = 100_000;
/** Quadratic time on 100 KB is seconds; linear time is a few milliseconds. */
const LIMIT_MS = 500;
/** A parser makes something of each character; in quadratic time it would take minutes. */
const PARSER_LIMIT_MS = 3_000;

const fill = (part: string) => part.repeat(Math.ceil(SIZE / part.length)).slice(0, SIZE);

const HOSTILE: Record<string, string> = Object.fromEntries(
  [
    ...[
      ' ',
      '\n',
      '\t',
      '\r',
      '\u00a0',
      'a',
      '0',
      '9.',
      '.',
      '-',
      '_',
      '/',
      '\\',
      ')',
      '(',
      '[',
      ']',
      '{',
      '}',
    ],
    ...[
      '<',
      '"',
      "'",
      '#',
      '@',
      ':',
      '%',
      '=',
      ',',
      'a ',
      'a.',
      'a-',
      '(a',
      'a)',
      ' \n',
      '\r\n',
      '://',
      '"a',
    ],
    ...[
      'https://',
      'https://a.example/',
      'http:/',
      'https://a.',
      '\u001b[',
      '\u001b]8;;',
      '\u200d',
      '\u0301',
    ],
    ...['👨\u200d', '🇩', '\u202e', '\ud800', '{"a":', '[[', '\\u0000', '&amp;', '<!--', '`', '**', 'a@'],
    ...['*a', '*a_b', '~a~~', '> ', '- ', '1. a\n', '`a``', '```\n', '>- '],
  ].map((part) => [JSON.stringify(part), fill(part)]),
);

/** A text around which a pattern has to look far: it begins, goes on and never ends as the pattern wants. */
const framed = (text: string): string[] => [text, `a${text}b`, `https://a.example/${text}\u0000`];

function time(run: (text: string) => unknown, text: string): number {
  const from = performance.now();
  run(text);
  return performance.now() - from;
}

function slowest(run: (text: string) => unknown, limitMs = LIMIT_MS): { ms: number; input: string } {
  let worst = { ms: 0, input: '' };
  for (const [input, text] of Object.entries(HOSTILE))
    for (const each of framed(text)) {
      let ms = time(run, each);
      // A pause of the machine does not come twice at the same place.
      if (ms > limitMs) ms = Math.min(ms, time(run, each));
      if (ms > worst.ms) worst = { ms, input };
      if (ms > limitMs) return worst;
    }
  return worst;
}

/** Files that compose expressions while they run, with what runs them below. */
const COMPOSED: Record<string, string> = {
  'cli/terminal/terminalText.ts': 'printableLines, withoutEscapes',
  'local/util/wildcard.ts': 'matches names of the template only',
  'web/pure/links.ts': 'splitLinks',
};

const measured: string[] = [];

/** Measures how long the slowest input takes, and keeps it for the table. */
function measure(where: string, run: (text: string) => unknown, limitMs = LIMIT_MS): number {
  const { ms, input } = slowest(run, limitMs);
  measured.push(`${ms.toFixed(1).padStart(8)} ms  ${where}  ${input}`);
  return ms;
}

/** Every regular expression that is written in the product, with where it is written, and the files that compose some. */
function expressions(): { literals: [where: string, expression: RegExp][]; composing: string[] } {
  const folders = ['web', 'client', 'lib', 'cli', 'local', 'handlers'];
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.d)\.tsx?$|\.mjs$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  const composing = new Set<string>();
  const literals = files.flatMap((file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const found: [string, RegExp][] = [];
    JSON.stringify(parseSync(source, { syntax: 'typescript', tsx: file.endsWith('x') }), (_key, node) => {
      if (node?.type === 'RegExpLiteral')
        found.push([`${file} /${node.pattern}/${node.flags}`, new RegExp(node.pattern, node.flags)]);
      if (/^(New|Call)Expression$/.test(node?.type) && node.callee?.value === 'RegExp') composing.add(file);
      return node;
    });
    return found;
  });
  return { literals, composing: [...composing].sort() };
}

describe('100 KB of a stranger’s text take linear time', () => {
  const { literals, composing } = expressions();

  afterAll(() => console.log(measured.sort().reverse().join('\n')));

  it('finds the expressions, and those that are composed are run below', () => {
    expect(literals.length).toBeGreaterThan(50);
    expect(composing).toEqual(Object.keys(COMPOSED));
  });

  it.each(literals)('in %s', (where, expression) => {
    const every = new RegExp(expression, [...new Set(`${expression.flags}g`)].join(''));

    expect(measure(where, (text) => text.replace(every, ''))).toBeLessThan(LIMIT_MS);
  });

  it.each<[string, (text: string) => unknown, number?]>([
    ['splitLinks', splitLinks],
    ['parseMarkdown', (text) => parseMarkdown(text, splitLinks), PARSER_LIMIT_MS],
    ['mentionAt', (text) => mentionAt(text, text.length)],
    ['readyToSend', readyToSend],
    ['charactersLeft', charactersLeft],
    ['cutText', (text) => cutText(text, 80)],
    ['firstGrapheme', firstGrapheme],
    ['initialsOf', initialsOf],
    ['roomAsTyped', roomAsTyped],
    ['roomInHash', roomInHash],
    ['parseName', parseName],
    ['parseRoom', parseRoom],
    ['parseText', parseText],
    ['parseServerFrame', parseServerFrame],
    ['parseClientFrame', parseClientFrame],
    ['mixesScripts', mixesScripts],
    ['marksOf', (text) => marksOf([{ id: 'ann', name: text }])],
    ['printableLines', printableLines, PARSER_LIMIT_MS],
    ['withoutEscapes', withoutEscapes],
  ])('in %s', (name, run, limitMs = LIMIT_MS) => {
    expect(measure(name, run, limitMs)).toBeLessThan(limitMs);
  });
});
