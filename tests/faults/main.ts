import { createCommand, runProgram } from '../../cli/commandLine/command';
import { problemsWith } from '../threatModel/check';
import { readProject } from '../threatModel/project';
import { FAULTS } from './table';

/** Prints every fault with the tests that fail when it comes back; the exit code is 1 when a fault has none. */
function main(): void {
  for (const { id, fault, tests } of FAULTS) {
    console.log(`${id.padEnd(4)} ${fault}`);
    for (const [file, title] of tests) console.log(`     ${file}: ${title}`);
  }

  const problems = problemsWith(FAULTS, readProject);
  for (const problem of problems) console.error(problem);
  console.log(
    `\n${FAULTS.length} faults, ${FAULTS.flatMap(({ tests }) => tests).length} references to tests, ${problems.length} problems`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

void runProgram(
  createCommand('npm run faults --')
    .description('Print every fault with the tests that keep it away; ends with 1 when a fault has none.')
    .action(main),
);
