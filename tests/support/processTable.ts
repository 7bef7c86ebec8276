import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Process {
  pid: number;
  parent: number;
  /** With its arguments. */
  command: string;
  residentBytes: number;
}

/** Lists the living processes of this machine. Reads `/proc`; runs `ps` where there is none (macOS). */
export function listProcesses(): Process[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** Lists every living process that descends from this one. */
export function descendantsOf(pid: number): Process[] {
  const all = listProcesses();
  const below = (parent: number): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid);
}

// A process that has ended and waits for its parent to notice is a zombie (Z): it does not live.
const isZombie = (state: string | undefined) => state?.startsWith('Z') ?? true;

function fromProc(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return fromProcFolder(Number(name));
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

function fromProcFolder(pid: number): Process[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  if (isZombie(field('State'))) return [];
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  return [{ pid, parent: Number(field('PPid')), command, residentBytes: Number(field('VmRSS') ?? 0) * 1024 }];
}

function fromPs(): Process[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,rss=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [pid, parent, state, kilobytes, ...words] = line.trim().split(/\s+/);
    if (isZombie(state)) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        command: words.join(' '),
        residentBytes: Number(kilobytes) * 1024,
      },
    ];
  });
}
