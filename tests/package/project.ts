import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.resolve(__dirname, '..', '..');

const run = promisify(execFile);
/** What a user of the hooks has besides the package. */
const OF_THE_USER = ['react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype'];

/** A user's project, with the package installed from its tarball and nothing from this repository. */
export interface Project {
  directory: string;
  /** What installing the package put there. */
  installed: string[];
  write(name: string, text: string): Promise<string>;
  /** Runs a file with Node, and gives what it prints. */
  node(name: string): Promise<string>;
  /** Runs the package's command. */
  command(...args: string[]): Promise<string>;
  /** Type-checks files as one program; gives the compiler's complaints, none of them about the package. */
  check(names: string[], options?: Record<string, unknown>): Promise<string>;
  remove(): Promise<void>;
}

/** Builds, packs and installs the package, without a network. */
export async function startProject(): Promise<Project> {
  const home = await mkdtemp(path.join(tmpdir(), 'edge-chat-package-'));
  const directory = path.join(home, 'project');
  const file = (name: string) => path.join(directory, name);
  const write = async (name: string, text: string) => {
    await writeFile(file(name), text);
    return file(name);
  };
  const said = async (program: string, args: string[], cwd = directory) =>
    (await run(program, args, { cwd, timeout: 60_000 })).stdout.trim();

  const built = path.join(home, 'package');
  await said(process.execPath, [path.join(ROOT, 'scripts', 'buildPackage.mjs'), built], ROOT);
  await said('npm', ['pack', '--pack-destination', home], built);
  const tarball = (await readdir(home)).find((name) => name.endsWith('.tgz')) ?? '';

  await mkdir(directory);
  await write('package.json', '{ "name": "somebody-elses", "private": true }');
  await said('npm', ['install', '--offline', '--no-audit', '--no-fund', path.join(home, tarball)]);
  const installed = await readdir(file('node_modules'));
  for (const name of OF_THE_USER) {
    await mkdir(path.dirname(file(`node_modules/${name}`)), { recursive: true });
    await symlink(path.join(ROOT, 'node_modules', name), file(`node_modules/${name}`));
  }

  return {
    directory,
    installed,
    write,
    node: (name) => said(process.execPath, [file(name)]),
    command: (...args) => said(file('node_modules/.bin/edge-chat'), args),
    async check(names, options = {}) {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        target: 'es2022',
        lib: ['es2022', 'dom', 'dom.iterable'],
        jsx: 'react-jsx',
        types: [],
        ...options,
      };
      await write('tsconfig.json', JSON.stringify({ compilerOptions, files: names }));
      const compiler = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
      return said(process.execPath, [compiler, '-p', directory]).catch(
        ({ stdout, stderr }) => stdout + stderr,
      );
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
