import { spawnSync } from 'node:child_process';
import { runProgram } from '../cli/commandLine/command';
import { createBench } from './harness/benchCommand';

const BENCHES = ['fanout', 'cold', 'messages', 'churn', 'e2e', 'reactions', 'scrolling', 'append'];

/** `npm run bench`: runs every bench in a process of its own. Fails if one of them fails twice. */
function main({ full, check }: { full?: true | undefined; check?: true | undefined }): void {
  const flags = [...(full ? ['--full'] : []), ...(check ? ['--check'] : [])];
  const began = Date.now();
  const failed = BENCHES.filter((name) => {
    if (isReached(name, flags)) return false;
    console.log(`${name} has missed: once more, in case the machine was busy.`);
    return !isReached(name, flags);
  });
  console.log(`\n${BENCHES.length} benches in ${Math.round((Date.now() - began) / 1000)} s`);
  if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function isReached(name: string, flags: readonly string[]): boolean {
  const own = name === 'append' ? ['20', '50'] : flags;
  const bench = [...process.execArgv, `bench/${name}.ts`, ...own];
  return spawnSync(process.execPath, bench, { stdio: 'inherit' }).status === 0;
}

void runProgram(createBench('bench', 'Run every bench, each in a process of its own.').action(main));
