import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A process of the stack. It ends with this one, whatever ends this one. */
export interface Child {
  process: ChildProcess;
  /** Its first message; nothing, if it ends before it sends one. */
  message: Promise<unknown>;
  /** Resolves when it has ended. */
  ended: Promise<void>;
  /** The last lines it printed, once it has ended. */
  lastWords(): Promise<string>;
  stop(): Promise<void>;
}

const preload = ['--require', path.join(__dirname, 'child.cjs')];

/** Starts one of this folder's own processes. It takes its temporary directory along when it ends. */
export function startProcess(file: string, options: Record<string, unknown>, temporary?: string): Child {
  return observed(
    fork(file, [JSON.stringify(options)], {
      execArgv: preload,
      env: { ...withoutAws(), ...(temporary && { EDGE_CHAT_DIRECTORY: temporary }) },
      silent: true,
    }),
  );
}

/** Runs a script of an installed tool. */
export function startTool(script: string, args: string[], cwd: string, env: Record<string, string>): Child {
  return observed(
    spawn(process.execPath, [...preload, script, ...args], {
      cwd,
      env: { ...withoutAws(), ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
  );
}

/** The developer's own AWS settings must not reach the local functions, nor their credentials anything. */
function withoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
}

function observed(child: ChildProcess): Child {
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > 30) lines.shift();
  };
  onLines(child, keep);
  const ended = once(child, 'exit').then(() => {});
  const closed = once(child, 'close');

  return {
    process: child,
    message: Promise.race([once(child, 'message').then(([first]) => first), ended]),
    ended,
    async lastWords() {
      await closed;
      return lines.join('\n');
    },
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** Calls back with every line that a process prints, blank ones left out. */
export function onLines(child: ChildProcess, take: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') take(line);
    });
  }
}
