import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Gives the resident memory, in bytes, of a process's children by the name of the script they run. */
export async function childrenOf(pid: number): Promise<Map<string, number>> {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,rss=,args=']);
  const found = new Map<string, number>();
  for (const line of stdout.split('\n')) {
    const [, parent, kilobytes, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) !== pid) continue;
    const script = /([\w-]+-process)\.cjs/.exec(args)?.[1];
    if (script) found.set(script, Number(kilobytes) * 1024);
  }
  return found;
}
