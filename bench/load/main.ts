import { runProgram } from '../../cli/commandLine/command';
import { CommandError, EXIT } from '../../cli/commandLine/exitCodes';
import { createLoad, defaultsFor, type LoadOptions } from './options';
import { printOutcome, runLoad } from './run';
import { startApart } from './stackApart';

/** Runs a load, and ends with 1 when a guarantee was broken or a send refused. */
async function main(options: LoadOptions): Promise<void> {
  if (options.rooms > options.clients)
    throw new CommandError(EXIT.usage, 'There must be at least as many clients as rooms.');
  const own = options.url ? undefined : await startApart();
  try {
    const url = options.url ?? new URL(own?.url ?? '');
    console.log(
      `${url.origin}: ${options.clients} clients, ${options.rooms} rooms, ${options.rate} messages a second, ${options.minutes} minutes`,
    );
    const outcome = await runLoad({ ...options, url }, { tell: (line) => console.log(line) });
    printOutcome(outcome);
    process.exitCode = outcome.isClean ? 0 : 1;
  } finally {
    await own?.stop();
  }
}

const program = createLoad().action((given) => {
  const token = process.env.EDGE_CHAT_TOKEN?.trim() || undefined;
  return main({ ...defaultsFor(given.url), ...given, url: given.url, token });
});
// A socket that is still closing must not keep the program running.
void runProgram(program).finally(() => process.exit());
