import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.resolve(__dirname, '..', '..');

const run = promisify(execFile);
/** What a user of the hooks has besides the package. */
const OF_THE_USER = ['react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype'];

/** Another project has no settings of the npm that runs the tests, which hands them on to its processes. */
const OWN_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_config_')),
);

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

/** What a project installs: the built package, this folder by a link, or the repository as npm packs it for a git URL. */
export type Source = 'package' | 'folder' | 'repository';

/** Builds the package and installs it, without a network. */
export async function startProject(source: Source = 'package'): Promise<Project> {
  const home = await mkdtemp(path.join(tmpdir(), 'edge-chat-package-'));
  const directory = path.join(home, 'project');
  const file = (name: string) => path.join(directory, name);
  const write = async (name: string, text: string) => {
    await writeFile(file(name), text);
    return file(name);
  };
  const said = async (program: string, args: string[], cwd = directory) =>
    (await run(program, args, { cwd, env: OWN_ENVIRONMENT, timeout: 60_000 })).stdout.trim();

  await mkdir(directory);
  await write('package.json', '{ "name": "another-project", "private": true }');
  const install = (what: string) => said('npm', ['install', '--offline', '--no-audit', '--no-fund', what]);
  const pack = async (folder: string) => {
    await said('npm', ['pack', '--ignore-scripts', '--pack-destination', home], folder);
    return path.join(home, (await readdir(home)).find((name) => name.endsWith('.tgz')) ?? '');
  };
  const build = (...to: string[]) =>
    said(process.execPath, [path.join(ROOT, 'scripts', 'buildPackage.mjs'), ...to], ROOT);

  if (source === 'package') {
    const built = path.join(home, 'package');
    await build(built);
    await install(await pack(built));
  } else {
    await build();
    if (source === 'folder') await install(ROOT);
    else {
      // Without the packages of the servers, which an installation from a git URL brings along.
      const packed = file('node_modules/edge-chat');
      await mkdir(packed, { recursive: true });
      await said('tar', ['-xzf', await pack(ROOT), '--strip-components=1', '-C', packed]);
    }
  }
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
    command: (...args) =>
      source === 'repository'
        ? said(process.execPath, [file('node_modules/edge-chat/cli/edge-chat.mjs'), ...args])
        : said(file('node_modules/.bin/edge-chat'), args),
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
