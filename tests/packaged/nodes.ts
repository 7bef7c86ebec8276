import { spawnSync } from 'node:child_process';

/** The runtimes besides this one: what Lambda runs, and its predecessor. Both come from the registry. */
const OTHERS = ['22', '24'];

/** Every Node at hand: its version, and where it is. What cannot be had is said and left out. */
export function nodes(): [version: string, path: string][] {
  const others = OTHERS.map((major): [string, string] => [major, fromRegistry(major)]);
  for (const [major, path] of others)
    if (!path) process.stderr.write(`Node ${major} cannot be had from the registry: not tested.\n`);
  return [[process.versions.node, process.execPath], ...others.filter(([, path]) => path)];
}

function fromRegistry(major: string): string {
  const command = ['exec', '--yes', `--package=node@${major}`, '--', 'node', '-p', 'process.execPath'];
  const { status, stdout } = spawnSync('npm', command, { encoding: 'utf8', timeout: 120_000 });
  const path = stdout?.trim().split('\n').at(-1) ?? '';
  return status === 0 ? path : '';
}
