import { listProcesses } from '../../tests/support/processTable';

/** Gives the resident memory, in bytes, of a process's children by the name of the script they run. */
export function childrenOf(pid: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const { parent, command, residentBytes } of listProcesses()) {
    const script = /([\w-]+-process)\.cjs/.exec(command)?.[1];
    if (parent === pid && script) found.set(script, residentBytes);
  }
  return found;
}
