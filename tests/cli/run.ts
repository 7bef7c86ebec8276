import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { builtCommand } from '../support/builtCommand';

const ROOT = path.resolve(__dirname, '..', '..');
const LONGEST_MS = 30_000;

let command: string;
beforeAll(async () => {
  command = await builtCommand();
});

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the terminal client as a person would in a pipe: `input` is all it is given. */
export function chat(
  args: readonly string[],
  input: string | Uint8Array = '',
  env: Record<string, string> = {},
): Promise<Ran> {
  const { child, ended } = start(args, env);
  child.stdin.end(input);
  return ended;
}

/** Starts the terminal client, and waits for its end no longer than half a minute. */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
) {
  const child = spawn(process.execPath, [...nodeOptions, command, ...args], {
    cwd: ROOT,
    env: { ...process.env, EDGE_CHAT_URL: '', EDGE_CHAT_TOKEN: '', ...env },
  });
  return { child, ended: endOf(child) };
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => {
    ran.out += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    ran.err += data;
  });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The terminal client did not end in ${LONGEST_MS} ms. It said: ${ran.out}${ran.err}`));
    }, LONGEST_MS);
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ ...ran, code });
    });
  });
}
