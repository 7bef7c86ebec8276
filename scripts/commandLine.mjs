import { Command } from 'commander';

/**
 * Reads the command line of a script of package.json, and gives its arguments. `--help` prints the usage and ends the
 * process with 0, a wrong option ends it with 2.
 */
export function readArguments(script, description, args = {}) {
  const command = new Command(`npm run ${script} --`)
    .description(description)
    .helpOption('--help', 'print this text')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const [name, text] of Object.entries(args)) command.argument(name, text);
  return command.parse().args;
}
