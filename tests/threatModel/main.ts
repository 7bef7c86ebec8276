/** Prints every threat with the tests that show what stands against it; ends with 1 when one has none. */
import { problemsWith } from './check';
import { readProject } from './project';
import { THREATS } from './table';

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
