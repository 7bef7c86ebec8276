import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { columns, MAX_COLUMNS, MAX_WORDS, readLines, sentencesOf, sentencesOnLine, wordsOf } from './prose';
import { FILE_NAMES, USUAL_NAMES, wordsFound } from './words';

const root = path.resolve(__dirname, '../..');
const LEFT_OUT = /^(node_modules|data|\.(?!github))/;
const SOURCE = /\.(ts|tsx|js|mjs|cjs|css|html|yml|py)$/;

const files = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !LEFT_OUT.test(name))
  .flatMap((entry) => (entry.isDirectory() ? filesIn(entry.name) : [entry.name]));
const pages = files.filter((file) => file.endsWith('.md'));
const sources = files.filter((file) => SOURCE.test(file) && !file.startsWith('tests/language/'));

function filesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => !/(^|\/)(node_modules|\.next|dist)\//.test(file))
    .map((file) => `${folder}/${file}`);
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** What is wrong in a text's lines, each with the place. */
function problems(file: string, find: (line: ReturnType<typeof readLines>[number]) => string[]): string[] {
  return readLines(read(file)).flatMap((line) => find(line).map((what) => `${file}:${line.number} ${what}`));
}

describe.each(pages)('%s', (page) => {
  it(`has no line over ${MAX_COLUMNS} columns`, () => {
    const long = problems(page, ({ text }) =>
      columns(text) > MAX_COLUMNS ? [`${columns(text)} columns`] : [],
    );

    expect(long).toEqual([]);
  });

  it(`has no sentence over ${MAX_WORDS} words, and a line for each`, () => {
    const long = problems(page, (line) =>
      sentencesOf(line).filter((each) => wordsOf(each).length > MAX_WORDS),
    );
    const joined = problems(page, ({ kind, text }) =>
      kind === 'prose' && sentencesOnLine(text) > 1 ? [`has several sentences: ${text}`] : [],
    );

    expect([...long, ...joined]).toEqual([]);
  });

  it('uses no private word', () => {
    expect(problems(page, ({ text }) => wordsFound(text))).toEqual([]);
  });
});

it('no file is called by a private word', () => {
  const isPrivate = (file: string): boolean => {
    const [name = ''] = path.basename(file).split('.');
    return FILE_NAMES.includes(name) || wordsFound(name).length > 0;
  };

  expect(sources.filter(isPrivate)).toEqual([]);
});

it.each(USUAL_NAMES)('a file of the product is found by the word %s', (name) => {
  const product = /^(lib|client|local|cli|web|infra|handlers)\//;
  const isNamed = (file: string): boolean => file.toLowerCase().includes(name.toLowerCase());

  expect(sources.some((file) => product.test(file) && isNamed(file))).toBe(true);
});

it('no name or comment in the sources uses a private word', () => {
  const found = sources.flatMap((file) => problems(file, ({ text }) => wordsFound(text)));

  expect(found).toEqual([]);
});

it('looks at every folder', () => {
  expect(sources.length).toBeGreaterThan(400);
  expect(pages.length).toBeGreaterThan(60);
});

it('finds long lines, long sentences and private words', () => {
  const [line] = readLines(`One sentence. ${'word '.repeat(21)}ends here, at the doors of a tokenGate.`);
  if (!line) throw new Error('There is a line.');

  expect(columns(line.text)).toBeGreaterThan(MAX_COLUMNS);
  expect(sentencesOf(line).map((each) => wordsOf(each).length)).toEqual([2, 29]);
  expect(sentencesOnLine('One sentence. Another sentence.')).toBe(2);
  expect(wordsFound(line.text)).toEqual(['doors', 'gate']);
  expect(wordsFound('a dashboard, keyboards, an aggregate; recommended')).toEqual([]);
  expect(columns('[name](https://example.com/a/long/address)')).toBe(8);
  expect(readLines('```\ncode\n```\ntext').map(({ kind }) => kind)).toEqual([
    'code',
    'code',
    'code',
    'prose',
  ]);
});
