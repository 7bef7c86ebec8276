import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What the parent tells `plugin.cjs`, which runs inside the framework's process. */
export type LocalRun = { mode: 'template' } | { mode: 'functions'; directory: string };

/** Where the project is, and how the stack is parametrised. */
export interface Project {
  root: string;
  stage: string;
  params: Record<string, string>;
}

/** The command-line options that say which stack is meant. */
export function stackOptions({ stage, params }: Project): string[] {
  return ['--stage', stage, ...Object.entries(params).map(([name, value]) => `--param=${name}=${value}`)];
}

/** Starts the framework so that it ends when this process does. */
export function runServerless(project: Project, run: LocalRun, command: string[]): ChildProcess {
  const { root } = project;
  const bin = require.resolve('serverless/bin/serverless.js', { paths: [root] });
  const preload = path.join(__dirname, 'child.cjs');

  return spawn(process.execPath, ['--require', preload, bin, ...command, ...stackOptions(project)], {
    cwd: root,
    env: {
      ...withoutAws(process.env),
      EDGE_CHAT_LOCAL: JSON.stringify(run),
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** The developer's own AWS settings must not reach the local functions, nor their credentials anything. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}

/** The last lines a process printed, for the error that says why it ended. */
export function lastLines(child: ChildProcess, count = 30): () => string {
  const lines: string[] = [];
  const keep = (chunk: Buffer) => {
    lines.push(
      ...chunk
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== ''),
    );
    lines.splice(0, lines.length - count);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => lines.join('\n');
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(late);
}
