import { availableParallelism } from 'node:os';
import { createCommand, runProgram } from '../../cli/commandLine/command';
import { CommandError, EXIT } from '../../cli/commandLine/exitCodes';
import { wholeNumber } from '../../cli/commandLine/values';
import { type Mutant, planMutants } from './plan';
import { ACCEPTED } from './survivors';
import { runTests, tryMutant } from './tryMutant';

interface Options {
  seed: number;
  count: number;
  only?: string | undefined;
  jobs: number;
  list?: true | undefined;
}

/** `npm run mutants`: plants mistakes one by one and prints which ones no test finds. */
async function main({ seed, count, only, jobs, list }: Options): Promise<void> {
  const mutants = planMutants({ seed, count, only });
  if (list) {
    for (const mutant of mutants) console.log(describe(mutant));
    return;
  }
  await expectToPass(mutants);

  const survivors: Mutant[] = [];
  const left = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      const began = Date.now();
      const found = await tryMutant(mutant);
      if (!found) survivors.push(mutant);
      const seconds = ((Date.now() - began) / 1000).toFixed(0);
      console.log(
        `${found ? 'killed  ' : 'SURVIVED'} ${describe(mutant)}  [${found ?? 'nothing'}, ${seconds} s]`,
      );
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));

  const unexplained = survivors.filter((mutant) => !print(mutant));
  const killed = mutants.length - survivors.length;
  console.log(
    `\nseed ${seed}: ${mutants.length} planted, ${killed} killed, ${survivors.length} survived, ${unexplained.length} of them without a reason`,
  );
  if (unexplained.length > 0) process.exitCode = EXIT.failed;
}

/** Tests that fail without a mistake would seem to find every one. */
async function expectToPass(mutants: readonly Mutant[]): Promise<void> {
  const lists = new Map(mutants.flatMap(({ area }) => area.tests).map((tests) => [tests.join(' '), tests]));
  for (const tests of lists.values()) {
    const failed = await runTests(tests);
    if (failed) throw new CommandError(EXIT.failed, `${failed} fails without a mistake: correct that first.`);
  }
}

/** Prints a survivor; tells whether it may survive: only what cannot matter does, with its reason. */
function print(mutant: Mutant): boolean {
  const { mutation, text, change } = mutant;
  const accepted = ACCEPTED.find(
    (survivor) => survivor.file === mutation.file && survivor.text === text && survivor.change === change,
  );
  console.log(
    `\n${describe(mutant)}\n  ${text}\n  ${accepted ? `because ${accepted.reason}` : 'without a reason'}`,
  );
  return accepted !== undefined;
}

function describe({ area, mutation, line, change }: Mutant): string {
  return `${area.name}: ${mutation.file}:${line}  ${change}`;
}

void runProgram(
  createCommand('npm run mutants --')
    .description(
      'Plant one-line mistakes in lib/ and client/, run the tests, and print which mistakes survive.',
    )
    .option('--seed <number>', 'chooses the mistakes', wholeNumber(0), 1)
    .option('--count <count>', 'number of mistakes', wholeNumber(1), 90)
    .option('--only <name>', 'part of the name of an area or a file')
    .option('--jobs <count>', 'processes', wholeNumber(1), Math.min(2, availableParallelism()))
    .option('--list', 'print the mistakes without planting them')
    .action(main),
);
