import { userInfo } from 'node:os';
import { createCommand } from '../commandLine/command';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { roomNames, stackUrl, userName, wholeNumber } from '../commandLine/values';

const DEFAULT_URL = 'http://127.0.0.1:8080';
const DEFAULT_ROOM = 'lobby';

/** What `chat`, `send` and `tail` are told about the connection. */
export interface ChatOptions {
  /** Where the stack is; the socket and the token endpoint are on the same host. */
  url: URL;
  /** At least one. */
  rooms: readonly [string, ...string[]];
  name: string;
  /** A token of the identity provider; guests sign in by name. */
  token: string | undefined;
  /** How long the command waits without any progress, in milliseconds. */
  patienceMs: number;
}

/** Makes a command with the options that `chat`, `send` and `tail` share. */
export function createChatCommand(name: string) {
  return createCommand(name)
    .argument('[url]', `address of the stack (default: EDGE_CHAT_URL, or ${DEFAULT_URL})`, stackUrl)
    .option('--room <name>', `room to join; may be repeated (default: ${DEFAULT_ROOM})`, roomNames)
    .option('--name <name>', 'name that others see (default: your login name)', userName)
    .option(
      '--timeout <seconds>',
      'give up after this long without progress',
      wholeNumber(1, 86_400, 'seconds'),
      30,
    )
    .addHelpText(
      'after',
      `
EDGE_CHAT_TOKEN  a token of the identity provider, where guests are switched off

Exit codes: 0 success, Ctrl-C included; 1 a message was not sent, or its outcome is unknown; 2 wrong options;
3 the server cannot be reached, or stopped answering; 4 the server refused the token or the room.`,
    );
}

/** Adds the environment and the defaults. @throws CommandError for a wrong EDGE_CHAT_URL or login name. */
export function readChatOptions(
  url: URL | undefined,
  { room, name, timeout }: { room?: readonly string[]; name?: string; timeout: number },
  env: NodeJS.ProcessEnv = process.env,
): ChatOptions {
  const [first = DEFAULT_ROOM, ...rest] = room ?? [];
  return {
    url: url ?? named('EDGE_CHAT_URL', stackUrl, env.EDGE_CHAT_URL?.trim() || DEFAULT_URL),
    rooms: [first, ...rest],
    name: name ?? named('Give --name: your login name does not fit', userName, userInfo().username),
    token: env.EDGE_CHAT_TOKEN?.trim() || undefined,
    patienceMs: timeout * 1000,
  };
}

/** Reads a value that is not on the command line. @throws CommandError that names its source. */
function named<T>(source: string, read: (text: string) => T, text: string): T {
  try {
    return read(text);
  } catch (error) {
    throw new CommandError(EXIT.usage, `${source}: ${error instanceof Error ? error.message : error}`);
  }
}
