import { createCommand } from '../../cli/commandLine/command';

/** Makes the command of a bench: `npm run SCRIPT`. */
export function createBench(script: string, description: string) {
  return createCommand(`npm run ${script} --`)
    .description(description)
    .option('--full', 'measure longer, in more sizes')
    .option('--check', 'end with 1 when a figure misses its goal by more than 40 %');
}
