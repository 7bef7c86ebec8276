import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Certificate } from '../../local/cloudfront/certificate';
import type { Seen, StubOptions } from './awsStub';

const folder = mkdtempSync(join(tmpdir(), 'edge-chat-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const { bundling } = require('../../infra/esbuild.js') as {
  bundling(awsClients: string): Record<string, unknown>;
};
const built = new Map<string, Promise<string>>();

/** Bundles a script as functions are bundled. Returns its path. */
export function bundle(
  entry: string,
  { packages = 'bundle' as 'bundle' | 'external', awsClients = 'own' as 'own' | 'sdk' } = {},
): Promise<string> {
  const name = `${entry.replaceAll(/\W/g, '-')}-${packages}-${awsClients}`;
  const known = built.get(name);
  if (known) return known;
  const { exclude: _exclude, outputWorkFolder: _folder, ...options } = bundling(awsClients);
  const outfile = join(folder, `${name}.cjs`);
  const made = build({
    ...options,
    entryPoints: [entry],
    outfile,
    packages,
    logLevel: 'error',
  }).then(() => outfile);
  built.set(name, made);
  return made;
}

const CREDENTIALS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLEEXAMPLE00',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY0',
  // As long as those of Lambda.
  AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2Vj'.padEnd(950, 'abcdefghij'),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Runs a bundled script in a new process with an argument. Returns what it sends back. */
export async function run<T>(
  script: string,
  argument: object,
  env: Record<string, string> = {},
  execArgv: string[] = [],
): Promise<T> {
  const child = start(script, [JSON.stringify(argument)], env, execArgv);
  const answer = await message<T>(child, script);
  child.kill('SIGKILL');
  return answer;
}

/** The stub, running. */
export interface Stub {
  http: string;
  https: string;
  /** The text for a client's NODE_EXTRA_CA_CERTS. */
  cert: Certificate['cert'];
  /** Returns what it has seen since the last call. */
  seen(): Promise<Seen>;
  stop(): void;
}

export async function startStub(stubOptions: StubOptions = {}): Promise<Stub> {
  const script = await bundle('bench/harness/awsStub.ts');
  const child = start(script, ['serve', JSON.stringify(stubOptions)], {}, []);
  const where = await message<Pick<Stub, 'http' | 'https' | 'cert'>>(child, script);
  return {
    ...where,
    seen() {
      const answer = message<Seen>(child, script);
      child.send('seen');
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

/** The environment of a function's log. The lines are written and not read. */
export const WATCHING = { STACK: 'bench', LOG_LEVEL: 'info', METRICS: 'on' };

export function start(
  script: string,
  args: string[],
  env: Record<string, string>,
  execArgv: string[],
): ChildProcess {
  const child = fork(script, args, {
    stdio: ['inherit', 'pipe', 'inherit', 'ipc'],
    execArgv,
    cwd: process.cwd(),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_PATH: resolve('node_modules'),
      ...CREDENTIALS,
      ...env,
    },
  });
  child.stdout?.resume();
  return child;
}

export function message<T>(child: ChildProcess, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`${what} ended with ${code ?? signal}.`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      resolve(answer as T);
    });
  });
}

/** Writes a file next to the bundles. Returns its path. */
export function keep(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
