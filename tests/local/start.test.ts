import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listen } from '../../local/util/listen';
import { descendantsOf, listProcesses } from '../support/processTable';
import { root, within } from './support';

jest.setTimeout(90_000);

const START = path.join(root, 'local', 'start.cjs');
const started: ChildProcess[] = [];

/** A command, with what it has printed. */
function run(command: string[]) {
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text;
  });
  const url = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const found = /http:\/\/\S+/.exec(printed.out);
      if (found) resolve(found[0]);
    });
  });
  const ended = once(child, 'close').then(([code]) => Number(code));
  return { child, printed, url, ended };
}

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

const descendants = (pid: number): number[] => descendantsOf(pid).map((each) => each.pid);

async function allGone(pids: number[]): Promise<void> {
  while (listProcesses().some(({ pid }) => pids.includes(pid))) await new Promise(setImmediate);
}

it('prints one address, which serves the page, until Ctrl-C', async () => {
  const { child, url, printed, ended } = run([START, '--port', '0', '--quiet']);
  const address = await within('the address', url, 60_000);
  const page = await (await fetch(address)).text();
  const pids = descendants(child.pid ?? 0);

  child.kill('SIGINT');

  expect(await within('the end', ended)).toBe(0);
  await within('the end of its processes', allGone(pids));
  expect(pids.length).toBeGreaterThanOrEqual(2);
  expect(printed.out).toBe(`${address}\n`);
  expect(page).toContain('<script');
});

describe('leaves no process behind', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('on %s', async (signal) => {
    const { child, url, ended } = run([START, '--port', '0']);
    await within('the address', url, 60_000);
    const pids = descendants(child.pid ?? 0);

    child.kill(signal);

    await within('the end', ended);
    await within('the end of its processes', allGone(pids));
    expect(pids.length).toBeGreaterThanOrEqual(2);
  });

  it('when what started it is killed', async () => {
    const npm = `const { spawn } = require('node:child_process'); spawn(process.execPath, [${JSON.stringify(START)}, '--port', '0'], { stdio: 'inherit' });`;
    const { child, url } = run(['-e', npm]);
    await within('the address', url, 60_000);
    const pids = descendants(child.pid ?? 0);

    child.kill('SIGKILL');

    await within('the end of its processes', allGone(pids));
    expect(pids.length).toBeGreaterThanOrEqual(3);
  });

  it('when it is killed before it is up', async () => {
    const { child } = run([START, '--port', '0']);
    const pids = await within('its first processes', firstProcesses(child.pid ?? 0));

    child.kill('SIGKILL');

    await within('the end of its processes', allGone(pids));
  });

  it('when the functions’ process is killed: it says so and fails', async () => {
    const { child, url, ended, printed } = run([START, '--port', '0']);
    await within('the address', url, 60_000);
    const processes = descendantsOf(child.pid ?? 0);
    const functions = processes.find(({ command }) => command.includes('functions-process'));

    process.kill(functions?.pid ?? 0, 'SIGKILL');

    expect(await within('the end', ended)).toBe(1);
    await within('the end of its processes', allGone(processes.map(({ pid }) => pid)));
    expect(printed.err).toContain('functions');
  });
});

async function firstProcesses(pid: number): Promise<number[]> {
  for (;;) {
    const pids = descendants(pid);
    if (pids.length > 0) return pids;
    await new Promise(setImmediate);
  }
}

describe('says in one line', () => {
  const lineOf = async (command: string[]) => {
    const { ended, printed } = run(command);
    expect(await within('the end', ended, 60_000)).toBe(1);
    expect(printed.out).toBe('');
    expect(printed.err.trim().split('\n')).toHaveLength(1);
    return printed.err;
  };

  it('that the port is taken', async () => {
    const taken = await listen(createServer());
    try {
      expect(await lineOf([START, '--port', String(taken.port)])).toContain(`Port ${taken.port} is taken`);
    } finally {
      await taken.stop();
    }
  });

  it.each([
    ['a port that is none', ['--port', 'eighty'], '--port'],
    ['an option it does not know', ['--colour'], '--colour'],
  ])('%s', async (_case, args, named) => {
    const line = await lineOf([START, ...args]);

    expect(line).toContain(named);
    expect(line).toContain('Usage');
  });

  it('that Node is too old', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'edge-chat-old-'));
    const old = path.join(directory, 'old.cjs');
    writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.0' });\n");

    expect(await lineOf(['--require', old, START])).toContain('needs Node 20 from 20.19 on');

    rmSync(directory, { recursive: true });
  });

  it('that the data directory is in use', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'edge-chat-data-'));
    const first = run([START, '--port', '0', '--data', data]);
    await within('the address', first.url, 60_000);

    expect(await lineOf([START, '--port', '0', '--data', data])).toContain('in use');

    first.child.kill('SIGTERM');
    await within('the end', first.ended);
    rmSync(data, { recursive: true });
  });
});

it('is what `sls offline` refers to', async () => {
  const { ended, printed } = run([path.join(root, 'node_modules/serverless/bin/serverless.js'), 'offline']);

  expect(await within('the end', ended, 60_000)).toBe(1);
  expect(printed.out + printed.err).toContain('npm start');
});
