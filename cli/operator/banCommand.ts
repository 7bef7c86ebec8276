import { Ending, EXIT, type ExitCode } from '../exit';
import { readBanOptions } from './banOptions';
import { functionOf } from './invokeFunction';

const HELP = `Keeps a user out, or lets one in again.

  edge-chat ban USER [--room ROOM] [--for TIME] [--stage STAGE] [--region REGION]
  edge-chat unban USER [--room ROOM] [--stage STAGE] [--region REGION]

  USER           the user's id, as messages carry it in from.id
  --room ROOM    this room alone; without it every room, and the user's sockets are closed
  --for TIME     how long, such as 90s, 15m, 2h or 30d, a year at most (365d)
  --stage STAGE  whose functions are asked (dev)
  --region NAME  where they are (as for the AWS CLI)

It invokes the function operatorBan with the AWS credentials of whoever runs it. A guest can come back as another guest.
`;

/** Runs `edge-chat ban` or `edge-chat unban`. */
export async function ban(order: 'ban' | 'unban', args: readonly string[]): Promise<ExitCode> {
  const read = readBanOptions(order, args);
  if (read.kind === 'help') {
    process.stdout.write(HELP);
    return EXIT.fine;
  }
  if (read.kind === 'wrong') throw new Ending(EXIT.usage, read.line);
  const { user, room, forMs } = read.options;
  const answered = await functionOf(
    'operatorBan',
    read.options,
  )({
    order,
    user,
    ...(room !== undefined && { room }),
    ...(forMs !== undefined && { forMs }),
  });
  console.error((answered as { done: string }).done);
  return EXIT.fine;
}
