import { Ending, EXIT, type ExitCode } from '../exit';
import { functionOf } from './invokeFunction';
import { readEraseOptions } from './options';

const HELP = `Erases messages for good.

  edge-chat erase --user ID --yes [--stage STAGE] [--region REGION]
  edge-chat erase --room ROOM --yes [--stage STAGE] [--region REGION]

  --user ID      every message of a user, in all rooms; their places stay, empty
  --room ROOM    every message of a room; its places go an hour later
  --yes          without it nothing is erased
  --stage STAGE  whose functions are asked (dev)
  --region NAME  where they are (as for the AWS CLI)

It invokes the function operatorErase with the AWS credentials of whoever runs it. Backups keep what they hold for 35 days.
`;

/** Runs `edge-chat erase`. */
export async function erase(args: readonly string[]): Promise<ExitCode> {
  const read = readEraseOptions(args);
  if (read.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.fine;
  }
  if (read.kind === 'wrong') throw new Ending(EXIT.usage, read.line);
  const { options } = read;
  const subject = 'room' in options ? { room: options.room } : { user: options.user };
  if (!options.isSure)
    throw new Ending(EXIT.usage, `This erases for good: say --yes to mean it, in stage ${options.stage}.`);

  const invoke = functionOf('operatorErase', options);
  let total = 0;
  for (let next: unknown, isFirst = true; isFirst || next !== undefined; isFirst = false) {
    const done = (await invoke({ ...subject, ...(next !== undefined && { next }) })) as {
      erased: number;
      next?: unknown;
    };
    total += done.erased;
    next = done.next;
    if (next !== undefined) console.error(`${total} erased so far.`);
  }
  console.error(`${total} messages erased.`);
  return EXIT.fine;
}
