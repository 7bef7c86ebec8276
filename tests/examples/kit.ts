import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '..', '..');
const PACKAGE = path.join(ROOT, '.build', 'package');

const run = promisify(execFile);
const children = new Set<ChildProcess>();

export const exampleFolder = (name: string): string => path.join(ROOT, 'examples', name);

/** Builds what the examples install as `edge-chat`. */
export async function buildPackage(): Promise<void> {
  await run(process.execPath, [path.join(ROOT, 'scripts', 'buildPackage.mjs'), PACKAGE], { cwd: ROOT });
}

/** Installs an example as its README says. A later run with the same lock file installs `edge-chat` alone. */
export async function install(name: string): Promise<void> {
  const folder = exampleFolder(name);
  const stamp = path.join(folder, 'node_modules', '.installed');
  const lock = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => '')) !== lock) {
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
    await writeFile(stamp, lock);
  }
  if (!lock.includes('node_modules/edge-chat')) return;
  const installed = path.join(folder, 'node_modules', 'edge-chat');
  await rm(installed, { recursive: true, force: true });
  await cp(PACKAGE, installed, { recursive: true });
}

/** Runs a command of an example to its end, and gives what it prints. */
export async function runExample(name: string, command: string[], env: NodeJS.ProcessEnv = {}) {
  const [program = '', ...args] = command;
  const options = { cwd: exampleFolder(name), env: { ...process.env, ...env }, timeout: 120_000 };
  const { stdout } = await run(program, args, options);
  return stdout.trim();
}

/** A command of an example that runs until it is stopped. */
export interface RunningExample {
  /** Resolves with the output so far, once a line of it matches. */
  printed(pattern: RegExp): Promise<string>;
  /** Ends the process without a warning, as a crash does. */
  kill(): Promise<void>;
}

export function startExample(name: string, command: string[], env: NodeJS.ProcessEnv = {}): RunningExample {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: exampleFolder(name),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });

  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(output) && resolve(output);
        look();
        child.stdout.on('data', look);
        void ended.then(() => reject(new Error(`${command.join(' ')} ended:\n${output}`)));
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
      children.delete(child);
    },
  };
}

export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Gives a port that nothing listens on, the wanted one where possible. */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    return wanted;
  } catch {
    return freePort(wanted + 1);
  } finally {
    server.close();
  }
}

/** Tells whether a program is on this machine. */
export function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Waits until a file holds what is wanted. */
export async function untilFile(file: string, holds: (content: string) => boolean): Promise<void> {
  while (!holds(await readFile(file, 'latin1').catch(() => ''))) await setImmediate();
}
