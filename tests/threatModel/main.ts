import { createCommand, runProgram } from '../../cli/commandLine/command';
import { problemsWith } from './check';
import { readProject } from './project';
import { THREATS } from './table';

/** Prints every threat with the tests that prove its defence; the exit code is 1 when one has none. */
function main(): void {
  for (const { id, threat, defence, tests } of THREATS) {
    console.log(`${id.padEnd(4)} ${threat}\n     against it: ${defence}`);
    for (const [file, title] of tests) console.log(`     ${file}: ${title}`);
  }

  const problems = problemsWith(THREATS, readProject);
  for (const problem of problems) console.error(problem);
  console.log(
    `\n${THREATS.length} threats, ${THREATS.flatMap(({ tests }) => tests).length} references to tests, ${problems.length} problems`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

void runProgram(
  createCommand('npm run threats --')
    .description('Print every threat with the tests that prove its defence; ends with 1 when one has none.')
    .action(main),
);
