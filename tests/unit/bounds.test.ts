import { readdirSync, readFileSync } from 'node:fs';
import { problemsWith } from '../threatModel/check';
import { readProject } from '../threatModel/project';
import { BOUNDS } from './boundsTable';

/** What may go on for longer than its writer thought: loops, batches, and memories that outlive an invocation. */
const ENDLESS = [
  /\bwhile \(|\bdo \{|\bfor await\b/,
  /\bfor \((?:;;|let )/,
  /\bsettleAll\([^)]*?\.\.\./,
  /\bPromise\.all(?:Settled)?\(\s*[^[\s]/,
  /^ {2}const \w+ = new (?:Map|Set)<[^>]+>\(\);$[^}]*?return \{/m,
  /\bsetBounded\(/,
];

const sources = readdirSync('lib', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('util'))
  .map((file) => `lib/${file}`);

it('every file with a loop, a batch or a memory has its bound in the list', () => {
  const endless = sources.filter((file) =>
    ENDLESS.some((pattern) => pattern.test(readFileSync(file, 'utf8'))),
  );
  const listed = BOUNDS.map(({ where }) => where);

  expect(endless.filter((file) => !listed.includes(file))).toEqual([]);
});

it('every bound has a test that exists, and every file is there', () => {
  const bounds = BOUNDS.map(({ where, what, test: [file, title] }) => ({
    id: `${where}: ${what}`,
    tests: [[file, title]] as [string, string][],
  }));
  const files = BOUNDS.map(({ where }) => where).filter((where) => where.startsWith('lib/'));

  expect(problemsWith(bounds, readProject)).toEqual([]);
  expect(files.filter((file) => !sources.includes(file))).toEqual([]);
});
