import { listProcesses } from '../../tests/support/processTable';

/** Returns the resident memory of a process's children in bytes, by the name of their script. */
export function childrenOf(pid: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const { parent, command, residentBytes } of listProcesses()) {
    const script = /([\w-]+-process)\.cjs/.exec(command)?.[1];
    if (parent === pid && script) found.set(script, residentBytes);
  }
  return found;
}
