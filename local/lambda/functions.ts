import { mkdtemp, rm } from 'node:fs/promises';
import { type Agent, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { cacheDirectory, fingerprint } from '../util/buildFingerprint';
import { createAgent } from '../util/keepAliveAgent';
import { onLines, startProcess } from '../util/processes';

/** What came of one invocation: what the function returned, or how it failed. */
export type Invocation =
  | { ok: true; value: unknown }
  | { ok: false; type: string; message: string; trace: string };

/** Runs a function, by its deployed name, on an event. */
export type Invoke = (functionName: string, event: unknown) => Promise<Invocation>;

/** The functions, running in serverless-offline in a process of their own. */
export interface Functions {
  invoke: Invoke;
  /** Gives each function its definition, by its deployed name, and waits until they run. */
  start(definitions: Record<string, Definition>): Promise<void>;
  /** Resolves when their process has ended. */
  ended: Promise<void>;
  /** The last lines they printed, once it has ended. */
  lastWords(): Promise<string>;
  stop(): Promise<void>;
}

/** What a function is run with. */
export interface Definition {
  handler: string;
  /** In seconds, as in the template. */
  timeout: number;
  memorySize: number;
  environment: Record<string, string>;
}

/** What the bundles are made of: a change in any of these files makes new ones. */
const SOURCES = ['handlers', 'lib', 'infra/esbuild.js', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** Bundles the functions at once, and runs them as soon as their definitions are known. */
export async function openFunctions(
  root: string,
  awsClients: string,
  print: (line: string) => void,
): Promise<Functions> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'edge-chat-'));
  const cache = path.join(
    cacheDirectory(root),
    `functions-${awsClients}-${await fingerprint(root, SOURCES)}`,
  );
  const child = startProcess(
    path.join(__dirname, 'functions-process.cjs'),
    { root, directory, cache, awsClients },
    directory,
  );
  const agent = createAgent();
  const socketPath = path.join(directory, 'lambda.sock');

  return {
    ended: child.ended,
    lastWords: child.lastWords,
    invoke: (functionName, event) => invoke(agent, socketPath, functionName, event),
    async start(definitions) {
      if (child.process.connected) child.process.send(definitions);
      if (!(await child.message)) throw new Error(`The functions do not start:\n${await child.lastWords()}`);
      onLines(child.process, print);
    },
    async stop() {
      agent.destroy();
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function invoke(agent: Agent, socketPath: string, functionName: string, event: unknown): Promise<Invocation> {
  return new Promise((resolve) => {
    const failed = (error: Error) =>
      resolve({ ok: false, type: 'ServiceException', message: error.message, trace: error.stack ?? '' });
    const call = request(
      {
        agent,
        socketPath,
        method: 'POST',
        path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
      },
      async (response) => {
        try {
          let text = '';
          for await (const chunk of response.setEncoding('utf8')) text += chunk;
          resolve(outcome(text, response.statusCode, response.headers['x-amz-function-error'] !== undefined));
        } catch (error) {
          failed(error as Error);
        }
      },
    );
    call.once('error', failed);
    call.end(JSON.stringify(event));
  });
}

function outcome(text: string, status = 500, unhandled = false): Invocation {
  const value = text === '' ? undefined : JSON.parse(text);
  if (status === 200 && !unhandled) return { ok: true, value };
  return {
    ok: false,
    type: value?.errorType ?? value?.Type ?? 'Error',
    message: value?.errorMessage ?? value?.Message ?? text,
    trace: Array.isArray(value?.trace) ? value.trace.join('\n') : '',
  };
}
