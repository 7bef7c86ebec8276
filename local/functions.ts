import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { end, lastLines, type Project, runServerless } from './sls';

/** What came of one invocation: what the function returned, or how it failed. */
export type Invocation =
  | { ok: true; value: unknown }
  | { ok: false; type: string; message: string; trace: string };

/** Runs a function, by its deployed name, on an event. */
export type Invoke = (functionName: string, event: unknown) => Promise<Invocation>;

/** The functions, running in serverless-offline in a process of their own. */
export interface Functions {
  invoke: Invoke;
  /** Gives each function, by its deployed name, its environment, and waits until they run. */
  start(environments: Record<string, Record<string, string>>): Promise<void>;
  /** Resolves when the process ends, with what it printed last. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** Bundles the functions at once, and runs them as soon as their environments are known. */
export async function openFunctions(project: Project, print: (line: string) => void): Promise<Functions> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'edge-chat-'));
  const child = runServerless(project, { mode: 'functions', directory }, ['offline', 'start']);
  const printed = lastLines(child);
  const ended = once(child, 'close').then(() => printed());
  const agent = new Agent({ keepAlive: true });
  const socketPath = path.join(directory, 'lambda.sock');

  return {
    ended,
    invoke: (functionName, event) => invoke(agent, socketPath, functionName, event),
    async start(environments) {
      const ready = once(child, 'message').then(() => true);
      if (child.connected) child.send(environments);
      if (!(await Promise.race([ready, ended.then(() => false)])))
        throw new Error(`The functions do not start:\n${printed()}`);
      child.stdout?.on('data', linesTo(print));
    },
    async stop() {
      agent.destroy();
      await end(child);
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

function linesTo(print: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') print(line);
  };
}
