import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Invocation, Invoke } from '../../local/lambda/functions';
import { type Packaged, unzip } from '../template/packaging';

/** A function, unpacked from its zip and running alone. */
export interface Running {
  /** What Node it runs on. */
  node: string;
  /** How long its code took to load, in milliseconds. */
  loadedMs: number;
  /** The environment it found, by name. */
  variables: string[];
  invoke(event: unknown): Promise<Invocation>;
}

/** How a function is run: on which Node, and with what environment. */
export interface Definition {
  /** As in serverless.yml: authorize, connect … */
  name: string;
  handler: string;
  timeoutMs: number;
  environment: Record<string, string>;
}

/** Runs every function from its zip. Gives an Invoke for them, by deployed name, and ends them all. */
export async function runZips(packaged: Packaged, node: string, definitions: Map<string, Definition>) {
  const folder = mkdtempSync(join(tmpdir(), 'edge-chat-zips-'));
  const children: ChildProcess[] = [];

  const start = async ({ name, handler, timeoutMs, environment }: Definition): Promise<Running> => {
    for (const [file, text] of unzip(packaged, name)) {
      mkdirSync(dirname(join(folder, name, file)), { recursive: true });
      writeFileSync(join(folder, name, file), text);
    }
    const [file = '', exported = ''] = handler.split('.');
    const child = fork(join(__dirname, 'zip-process.cjs'), [join(folder, name, `${file}.js`), exported], {
      // Away from this project's own packages: a zip has to bring everything along.
      cwd: folder,
      execPath: node,
      execArgv: [],
      env: environment,
      silent: true,
    });
    children.push(child);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (printed += data));
    const [ready] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
    if (!ready) throw new Error(`${name} does not load: ${printed}`);
    return {
      node: ready.node,
      loadedMs: ready.ready,
      variables: ready.variables,
      invoke: invoker(child, timeoutMs),
    };
  };

  const running = new Map<string, Running>();
  for (const [deployedName, definition] of definitions) running.set(deployedName, await start(definition));

  const invoke: Invoke = async (functionName, event) => {
    const found = running.get(functionName);
    if (!found) throw new Error(`There is no function ${functionName}.`);
    return found.invoke(event);
  };
  const stop = () => {
    for (const child of children) child.disconnect();
    rmSync(folder, { recursive: true, force: true });
  };
  return { running, invoke, stop };
}

function invoker(child: ChildProcess, timeoutMs: number): Running['invoke'] {
  const waiting = new Map<number, (outcome: Invocation) => void>();
  let last = 0;
  child.on('message', ({ id, ...outcome }: { id: number } & Invocation) => waiting.get(id)?.(outcome));
  return (event) =>
    new Promise((resolve) => {
      const id = ++last;
      waiting.set(id, resolve);
      child.send({ id, event, timeoutMs });
    });
}
