import { HELP, readLoadOptions } from './options';
import { printOutcome, runLoad } from './run';
import { startApart } from './stackApart';

const DEFAULTS = { clients: 500, rooms: 50, rate: 200, minutes: 5 };

async function main(): Promise<number> {
  const read = readLoadOptions(process.argv.slice(2), process.env, DEFAULTS);
  if (read.kind === 'help') console.log(HELP);
  if (read.kind === 'wrong') console.error(`${read.line} --help lists the options.`);
  if (read.kind !== 'run') return read.kind === 'help' ? 0 : 2;
  const { options } = read;
  const own = options.url ? undefined : await startApart();
  try {
    const url = options.url ?? new URL(own?.url ?? '');
    console.log(
      `${url.origin}: ${options.clients} clients, ${options.rooms} rooms, ${options.minutes} minutes`,
    );
    const outcome = await runLoad({ ...options, url }, { tell: (line) => console.log(line) });
    printOutcome(outcome);
    return outcome.isClean ? 0 : 1;
  } finally {
    await own?.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
