import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { descendantsOf, listProcesses } from '../support/processTable';
import { type Client, open, root } from './support';

/** The program of `npm start`. */
export const START = path.join(root, 'local', 'start.cjs');
const children: ChildProcess[] = [];

/** A command, with what it has printed. */
export function run(command: string[], user: { uid?: number } = {}) {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...user });
  children.push(child);
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text;
  });
  const ended = once(child, 'close').then(([code]) => Number(code));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /https?:\/\/\S+/.exec(printed.out);
      if (found) resolve(found[0]);
    });
    void ended.then(() => reject(new Error(`It ended before it printed an address:\n${printed.err}`)));
  });
  // Some tests ask for no address.
  url.catch(() => {});
  return { child, printed, url, ended };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** The processes below this one. */
export const descendants = (pid: number): number[] => descendantsOf(pid).map((each) => each.pid);

/** Resolves when none of these processes is left. */
export async function allGone(pids: number[]): Promise<void> {
  while (listProcesses().some(({ pid }) => pids.includes(pid))) await new Promise(setImmediate);
}

/** A guest's socket, opened from the page at this address. */
export async function guest(address: string, origin = address): Promise<Client> {
  const answer = await fetch(`${address}/api/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'ann' }),
  });
  const { token } = (await answer.json()) as { token: string };
  return open(`${address.replace('http', 'ws')}/ws`, ['chat.v1', `bearer.${token}`], { origin });
}

/** What a guest receives on joining the lobby. */
export async function greeting(address: string, origin?: string): Promise<Record<string, unknown>> {
  const client = await guest(address, origin);
  client.send({ action: 'joinRoom', room: 'lobby' });
  const joined = await client.nextOf('joined');
  client.socket.close();
  return joined;
}
