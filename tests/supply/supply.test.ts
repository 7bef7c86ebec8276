import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Lock, type Manifest, nameIn, problemsWithLock } from './lock';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '../..');
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const manifest: Manifest = read('package.json');
const lock: Lock = read('package-lock.json');

const run = (command: string, args: string[]) =>
  promisify(execFile)(command, args, { cwd: root, maxBuffer: 64 * 2 ** 20 });

describe('the lock', () => {
  it('is what was meant, from the registry, to the bit, with no script but the listed ones', () => {
    expect(problemsWithLock(manifest, lock)).toEqual([]);
  });

  it.each<[string, (manifest: Manifest, lock: Lock) => unknown, RegExp]>([
    ['a range', (m) => Object.assign(m.dependencies, { jose: '^6.2.17' }), /jose has no exact version/],
    ['a tag', (m) => Object.assign(m.devDependencies, { tsx: 'latest' }), /tsx has no exact version/],
    ['a repository', (m) => Object.assign(m.overrides, { x: 'github:a/b' }), /x has no exact version/],
    [
      'a dependency that is not locked',
      (m) => Object.assign(m.dependencies, { left: '1.0.0' }),
      /other dependencies/,
    ],
    [
      'another registry',
      (_m, l) => Object.assign(jose(l), { resolved: 'https://registry.evil.example/jose.tgz' }),
      /jose comes from https:\/\/registry\.evil/,
    ],
    [
      'a registry by http',
      (_m, l) => Object.assign(jose(l), { resolved: 'http://registry.npmjs.org/jose.tgz' }),
      /jose comes from http:/,
    ],
    ['a file', (_m, l) => Object.assign(jose(l), { resolved: 'file:../jose' }), /jose comes from file:/],
    ['a link', (_m, l) => Object.assign(jose(l), { link: true }), /jose comes from a link/],
    ['no hash', (_m, l) => delete jose(l).integrity, /jose has no SHA-512/],
    [
      'a weak hash',
      (_m, l) => Object.assign(jose(l), { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
      /SHA-512/,
    ],
    ['a new script', (_m, l) => Object.assign(jose(l), { hasInstallScript: true }), /jose runs a script/],
    [
      'a listed script that is gone',
      (m) => Object.assign(m.allowScripts, { jose: false }),
      /need not be listed/,
    ],
    ['a package without a licence', (_m, l) => delete jose(l).license, /jose names no licence/],
    ['an older form', (_m, l) => Object.assign(l, { lockfileVersion: 1 }), /version 1/],
  ])('or it is seen: %s', (_name, tamper, problem) => {
    const [changed, locked] = [structuredClone(manifest), structuredClone(lock)];
    tamper(changed, locked);

    expect(problemsWithLock(changed, locked).join('\n')).toMatch(problem);
  });
});

function jose({ packages }: Lock) {
  const found = packages['node_modules/jose'];
  if (!found) throw new Error('jose is no dependency any more: take another one for these tests.');
  return found;
}

/** The dictionary's licence is given as "CC BY-SA 4.0", which npm leaves out because it is no SPDX expression. */
const UNLISTED_LICENCE = '@cspell/dict-en-common-misspellings';

it('the bill of materials names every package with its version, hash and licence', async () => {
  const [command = '', ...args] = (read('package.json') as { scripts: { sbom: string } }).scripts.sbom.split(
    ' ',
  );
  const { stdout } = await run(command, args);
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string; hashes?: unknown[]; licenses?: unknown[] }[];
  };

  const listed = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const { '': _root, ...locked } = lock.packages;
  // An alias is listed under either of its names.
  const missing = Object.entries(locked)
    .map(([folder, { name, version }]) => [nameIn(folder), name].map((each) => `${each}@${version}`))
    .filter((names) => !names.some((each) => listed.has(each)));
  expect(bomFormat).toBe('CycloneDX');
  expect(missing).toEqual([]);
  for (const { name, hashes, licenses } of components)
    expect({ name, hashes, licenses }).toEqual({
      name,
      hashes: [expect.anything()],
      licenses: name === UNLISTED_LICENCE ? undefined : expect.anything(),
    });
});

it('what ships in a bundle is known by name, and under an accepted licence', async () => {
  const { stdout } = await run(process.execPath, ['scripts/licences.mjs']);
  const shipped = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s{2,}/))
    .map(([name = '', , bundles]) => [name.replace(/@[^@]+$/, ''), bundles]);

  const [forOperators, forEverybody] = [true, false].map((is) =>
    shipped.filter(([, bundles]) => (bundles === 'command') === is),
  );
  expect(forEverybody).toEqual([
    ['entities', 'page'],
    ['http_ece', 'functions'],
    ['jose', 'functions'],
    ['linkify-it', 'page'],
    ['markdown-it', 'page'],
    ['mdurl', 'page'],
    ['oauth4webapi', 'page'],
    ['punycode.js', 'page'],
    ['react', 'page'],
    ['react-dom', 'page'],
    ['scheduler', 'page'],
    ['uc.micro', 'page'],
  ]);
  // The command calls Lambda by the AWS SDK, for operators; everything else in it is `ws`.
  expect(
    forOperators?.map(([name]) => name).filter((name) => !/^(@aws-sdk|@aws|@smithy)\//.test(name ?? '')),
  ).toEqual(['@commander-js/extra-typings', 'bowser', 'commander', 'ws']);
});
