import { Ending, EXIT, type ExitCode } from './exit';

/** What `npx edge-chat` runs: picks the command, and leaves the rest to it. */

const HELP = `Chat on your own AWS account.

  edge-chat chat [URL] [options]     talk in a terminal
  edge-chat send [URL] [options]     send each line of the input as a message
  edge-chat tail [URL] [options]     print each message as a line of JSON
  edge-chat doctor URL [options]     check a deployed or a local stack
  edge-chat export ROOM [options]    write a room's whole history, a line of JSON an entry
  edge-chat erase [options]          erase a user's or a room's messages for good
  edge-chat ban USER [options]       keep a user out of a room, or of all of them
  edge-chat unban USER [options]     let a user in again

--help behind a command lists its options.
`;

async function main([command = '', ...rest]: string[]): Promise<void> {
  switch (command) {
    case 'chat':
    case 'send':
    case 'tail':
      // The terminal client reads the command line itself, and ends by itself.
      process.argv.splice(2, process.argv.length, command, ...withUrlOption(rest));
      await import('./chat/main');
      break;
    case 'doctor': {
      const { doctor } = await import('./doctor/doctorCommand');
      process.exitCode = await doctor(rest);
      break;
    }
    case 'export': {
      const { exportRoom } = await import('./operator/exportCommand');
      process.exitCode = await ending(exportRoom(rest));
      break;
    }
    case 'erase': {
      const { erase } = await import('./operator/eraseCommand');
      process.exitCode = await ending(erase(rest));
      break;
    }
    case 'ban':
    case 'unban': {
      const { ban } = await import('./operator/banCommand');
      process.exitCode = await ending(ban(command, rest));
      break;
    }
    case '':
    case 'help':
    case '--help':
      process.stdout.write(HELP);
      break;
    default:
      console.error(`There is no command ${JSON.stringify(command.slice(0, 80))}.\n\n${HELP}`);
      process.exitCode = 2;
  }
}

/** The exit code of a command that may end early, with a line that says why. */
function ending(command: Promise<ExitCode>): Promise<ExitCode> {
  return command.catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Ending ? error.code : EXIT.unsent;
  });
}

/** The address may come first, and as the socket's: `edge-chat chat wss://d111111abcdef8.cloudfront.net/ws`. */
function withUrlOption(args: string[]): string[] {
  const [first, ...rest] = args;
  if (first === undefined || first.startsWith('-')) return args;
  return ['--url', first.replace(/^ws(?=s?:)/, 'http'), ...rest];
}

void main(process.argv.slice(2));
