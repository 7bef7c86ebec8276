import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What a stack's main process holds after a garbage collection. */
export interface Held {
  pid: number;
  rss: number;
  heap: number;
  /** Open handles by kind, as Node names them. */
  handles: Record<string, number>;
}

/** A local stack in a process of its own, so that what it holds is its own. */
export interface StackApart {
  url: string;
  sample(): Promise<Held>;
  stop(): Promise<void>;
}

/** Starts a stack whose limits are above the load. */
export async function startApart(): Promise<StackApart> {
  const child = fork(path.join(__dirname, 'stackProcess.ts'), {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { url } = await message<{ url: string }>(child, 'started');
  return {
    url,
    async sample() {
      child.send('sample');
      return message<Held>(child, 'held');
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

async function message<T>(child: ChildProcess, type: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`The stack ended with ${code}.`));
    child.once('exit', ended);
    const take = (told: { type: string } & T) => {
      if (told.type !== type) return;
      child.off('exit', ended);
      child.off('message', take);
      resolve(told);
    };
    child.on('message', take);
  });
}
