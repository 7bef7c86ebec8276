import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ENTRIES, PROGRAM } from './program';
import { type Project, ROOT, type Source, startProject } from './project';

jest.setTimeout(180_000);

describe.each<[string, Source]>([
  ['the built package', 'package'],
  ['this folder', 'folder'],
  ['the git repository', 'repository'],
])('%s, installed in another project', (_name, source) => {
  let project: Project;

  beforeAll(async () => {
    project = await startProject(source);
  });
  afterAll(() => project?.remove());

  it.each([
    ['a bundler', 'program.ts', { module: 'esnext', moduleResolution: 'bundler' }],
    ['Node, as an ES module', 'program.mts', { module: 'nodenext', moduleResolution: 'nodenext' }],
    ['Node, as CommonJS', 'program.cts', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ])('has types for %s', async (_resolution, file, options) => {
    await project.write(file, PROGRAM);

    expect(await project.check([file], options)).toBe('');
  });

  it('can be imported and required', async () => {
    const names = JSON.stringify(ENTRIES.map((entry) => `edge-chat/${entry}`));
    await project.write('all.cjs', `for (const name of ${names}) require(name); console.log('all');`);
    await project.write('all.mjs', `for (const name of ${names}) await import(name); console.log('all');`);

    expect(await project.node('all.cjs')).toBe('all');
    expect(await project.node('all.mjs')).toBe('all');
  });

  it('marks the hooks as client components', async () => {
    await project.write(
      'hooks.cjs',
      `console.log(require('node:fs').readFileSync(require.resolve('edge-chat/react'), 'utf8').split('\\n')[0]);`,
    );

    expect(await project.node('hooks.cjs')).toBe('"use client";');
  });

  it('has the command', async () => {
    expect(await project.command('--help')).toMatch(/^Usage: edge-chat/);
  });
});

it('exports from the repository what the package exports', async () => {
  const { exports } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const built = path.join(ROOT, '.build', 'package', 'package.json');
  const packaged = await readFile(built, 'utf8');
  const inRepository = packaged
    .replaceAll('"./esm/', '"./.build/package/esm/')
    .replaceAll('"./cjs/', '"./.build/package/cjs/');

  expect(exports).toEqual(JSON.parse(inRepository).exports);
});

it('has the command in the repository, by npx', async () => {
  const { stdout } = await promisify(execFile)('npx', ['--offline', 'edge-chat', '--help'], { cwd: ROOT });

  expect(stdout).toMatch(/^Usage: edge-chat/);
});
