import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const SOURCE = /\.(ts|tsx|js|mjs|cjs)$/;
const IMPORT = /\b(?:from|import|require)\s*\(?\s*'(\.[^'\n]+)'/g;

const [folders = [], ofLib = []] = readFileSync('CONTRIBUTING.md', 'utf8')
  .split('## How a change is made')[0]
  ?.split('The folders of `lib`')
  .map((part) => [...part.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)) ?? [[], []];

interface Import {
  from: string;
  to: string;
}

function importsIn(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => SOURCE.test(name))
    .map((name) => join(folder, name))
    .flatMap((from) =>
      [...readFileSync(from, 'utf8').matchAll(IMPORT)].map(([, to = '']) => ({
        from,
        to: normalize(join(dirname(from), to)),
      })),
    );
}

/** Imports of a folder above the importing one, or in no list. `depth` is the part of the path to compare. */
function upwards(imports: readonly Import[], order: readonly string[], depth: number): string[] {
  const layer = (file: string): number => order.indexOf(file.split(sep)[depth] ?? '');
  return imports
    .filter(({ from, to }) => layer(to) < layer(from))
    .map(({ from, to }) => `${from} imports ${to}`);
}

const bare = (file: string): string => file.replace(/\.tsx?$/, '').replace(/\/index$/, '');

/**
 * Imports between the parts of each folder: what lies directly in the folder above both files. A file and the folder of
 * its name are one part.
 */
function betweenParts(imports: readonly Import[]): Import[] {
  return imports.flatMap(({ from, to }) => {
    const [one, other] = [bare(from).split(sep), bare(to).split(sep)];
    const at = one.findIndex((name, i) => name !== other[i]);
    const [part, its] = [one, other].map((path) => path.slice(0, at + 1).join(sep));
    return at < 0 || at >= other.length || !part || !its ? [] : [{ from: part, to: its }];
  });
}

/** Files or folders that import each other in a circle, as far as a walk from each finds them. */
function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(bare(from), [...(next.get(bare(from)) ?? []), bare(to)]);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')];
    if (done.has(file)) return [];
    const found = (next.get(file) ?? []).flatMap((each) => walk(each, [...path, file]));
    done.add(file);
    return found;
  };
  return [...next.keys()].flatMap((file) => walk(file, []));
}

// Any folder may use the tools in scripts, and the installed command starts the built one.
const product = folders.flatMap(importsIn).filter(({ to }) => !/^(scripts|\.build)\//.test(to));

it('imports only downwards in the order of CONTRIBUTING.md', () => {
  expect(folders).toEqual(expect.arrayContaining(['local', 'client', 'lib']));
  expect(product.length).toBeGreaterThan(500);
  expect(upwards(product, folders, 0)).toEqual([]);
});

it('has the same rule for the folders of lib', () => {
  const inLib = product.filter(({ from, to }) => from.startsWith('lib/') && to.startsWith('lib/'));

  expect([...ofLib].sort()).toEqual(readdirSync('lib').sort());
  expect(upwards(inLib, ofLib, 1)).toEqual([]);
});

it('has no circle between files', () => {
  expect(circles(product)).toEqual([]);
});

it('has no circle between the parts of any folder', () => {
  expect(circles(betweenParts(product))).toEqual([]);
});

it('finds a circle of folders in any depth, and no folder that only imports its own files', () => {
  const planted = [
    { from: 'local/template/a.ts', to: 'local/apiGateway/b' },
    { from: 'local/apiGateway/c.ts', to: 'local/template/d' },
    { from: 'cli/doctor/request.ts', to: 'cli/doctor/checks/clock' },
    { from: 'cli/doctor/checks/cors.ts', to: 'cli/doctor/request' },
    { from: 'cli/doctor/checks.ts', to: 'cli/doctor/checks/clock' },
  ];

  expect(circles(betweenParts(planted))).toEqual([
    'local/template → local/apiGateway → local/template',
    'cli/doctor/request → cli/doctor/checks → cli/doctor/request',
  ]);
});

it('finds an import upwards and a circle', () => {
  const planted = [
    { from: 'lib/log/a.ts', to: 'lib/actions/b' },
    { from: 'lib/actions/b.ts', to: 'lib/log/a' },
  ];

  expect(upwards(planted, ofLib, 1)).toEqual(['lib/log/a.ts imports lib/actions/b']);
  expect(circles(planted)).toEqual(['lib/log/a → lib/actions/b → lib/log/a']);
});
