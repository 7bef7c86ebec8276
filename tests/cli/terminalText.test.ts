import fc from 'fast-check';
import { readCommand } from '../../cli/chat/promptCommands';
import { readLines } from '../../cli/chat/readLines';
import { jsonLine, printable, printableLines, withoutEscapes } from '../../cli/terminal/terminalText';
import { UNSAFE_OUTPUT } from './hostileText';

it.each([
  ['an escape sequence', '\u001b[2J', '␛[2J'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a carriage return', 'a\rb', 'a␍b'],
  ['a line break', 'a\nb', 'a␊b'],
  ['a bell', '\u0007', '␇'],
  ['a direction override', 'a\u202eb', 'a\\u202eb'],
  ['delete', '\u007f', '\\u007f'],
  ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
  ['a joiner between Latin letters', 'a\u200db', 'a\\u200db'],
  ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
  ['a flag of tags that does not exist', '🏴\u{e0068}\u{e0069}\u{e007f}', '🏴\\u{e0068}\\u{e0069}\\u{e007f}'],
  ['a digit that is no key', '1\ufe0f', '1\\ufe0f'],
  ['a joiner after the last emoji', '👩\u200d', '👩\\u200d'],
  ['a variation selector after a letter', 'a\ufe0f', 'a\\ufe0f'],
  ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
  ['a filler that shows nothing', '\u3164', '\\u3164'],
  ['a blank Braille pattern', '\u2800', '\\u2800'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['a lone surrogate', 'a\ud800', 'a\\ud800'],
])('writes out %s', (_name, text, shown) => {
  expect(printable(text)).toBe(shown);
});

it.each(['Ünïcode\tمرحبا 戴 👩‍🚀 👨‍👩‍👧‍👦', 'نیم‌فاصله क्‍ष', '🏴󠁧󠁢󠁳󠁣󠁴󠁿 🇩🇪 ❤️ 1️⃣ 👍🏽 ☺︎', 'e\u0301 \u06dd12'])(
  'leaves %s as it is',
  (text) => {
    expect(printable(text)).toBe(text);
  },
);

it('keeps the line breaks of a text of several lines', () => {
  expect(printableLines('a\u0007\nb')).toBe('a␇\nb');
});

it('never lets a character through that a terminal obeys or hides', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(UNSAFE_OUTPUT);
      expect(jsonLine({ text })).not.toMatch(UNSAFE_OUTPUT);
    }),
  );
});

it('writes JSON that says the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
    }),
  );
});

it.each([
  ['colours', '\u001b[1;32m✔\u001b[0m done', '✔ done'],
  ['a hyperlink', '\u001b]8;;https://a.example\u0007text\u001b]8;;\u0007', 'text'],
  ['a title', '\u001b]0;title\u0007text', 'text'],
  ['cursor movement', 'a\u001b[2K\u001b[1Gb', 'ab'],
  ['a character set', '\u001b(Btext', 'text'],
])('takes %s out', (_name, text, plain) => {
  expect(withoutEscapes(text)).toBe(plain);
});

it.each([
  ['nul', '\u0000'],
  ['escapes', '\u001b['],
  ['open strings', '\u001b]'],
  ['joiners', '👩\u200d'],
  ['selectors', '❤\ufe0f'],
  ['flags', '🏴\u{e0067}'],
  ['keycaps', '1\ufe0f'],
])('takes linear time for 100 KB of %s', (_name, unit) => {
  const text = unit.repeat(100_000 / unit.length);
  const began = process.cpuUsage();

  printable(text);
  withoutEscapes(text);

  // A quadratic pattern takes a minute; the longest of these a tenth of a second.
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});

it.each([
  [
    ['a\r\nb', '\r', '\nc\n\nd'],
    ['a', 'b', 'c', '', 'd'],
  ],
  [['a\u2028b\u2029c\rd\n'], ['a\u2028b\u2029c\rd']],
  [['\ufeffa\nb'], ['a', 'b']],
  [[], []],
])('reads %j as lines', async (chunks, lines) => {
  const input = (async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  })();

  const read: unknown[] = [];
  for await (const line of readLines(input)) read.push(line);

  expect(read).toEqual(lines);
});

it('reads a character that two chunks share, and nothing from a line of other bytes', async () => {
  const input = (async function* () {
    yield Buffer.from([0x47, 0x72, 0xc3]);
    yield Buffer.from([0xbc, 0x6e, 0x0a, 0x47, 0x72, 0xfc, 0x6e, 0x0a, 0x61]);
  })();

  const read: unknown[] = [];
  for await (const line of readLines(input)) read.push(line);

  expect(read).toEqual(['Grün', undefined, 'a']);
});

it.each([
  ['hello', { kind: 'say', text: 'hello' }],
  ['//hello', { kind: 'say', text: '/hello' }],
  ['   ', { kind: 'nothing' }],
  ['/join design', { kind: 'join', room: 'design' }],
  ['/leave', { kind: 'leave', room: undefined }],
  ['/history', { kind: 'history', count: 20 }],
  ['/history 5', { kind: 'history', count: 5 }],
  ['/react 👍', { kind: 'react', of: undefined, name: '👍' }],
  ['/react #12 well done', { kind: 'react', of: 12, name: 'well done' }],
  ['/quit', { kind: 'quit' }],
])('reads %p', (line, command) => {
  expect(readCommand(line)).toEqual(command);
});

it.each([
  '/join',
  '/join A B',
  '/join Ünï',
  '/history none',
  '/dance',
  '/who me',
  '/react',
  '/react #1',
  `/react ${'x'.repeat(33)}`,
  'x'.repeat(4001),
])('says what is wrong with %p', (line) => {
  expect(readCommand(line)).toMatchObject({ kind: 'wrong' });
});
