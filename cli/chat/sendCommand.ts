import type { Room } from '../../client/index';
import type { ExitCode } from '../commandLine/exitCodes';
import { complain } from '../terminal/terminalText';
import { type ChatOptions, createChatCommand, readChatOptions } from './chatOptions';
import { readLines } from './readLines';
import { sendLines } from './sendLines';
import { withRoom } from './session';

/** Makes `edge-chat send`. */
export function sendCommand() {
  return createChatCommand('send')
    .summary('send each line of the input as a message')
    .description(
      'Send each line of the standard input as a message to the first room, and end when all are acknowledged. ' +
        'Escape sequences such as colours are taken out.',
    )
    .action(async (url, options) => {
      const chatOptions = readChatOptions(url, options);
      process.exitCode = await withRoom(chatOptions, (_chat, room) => sendInput(room, chatOptions));
    });
}

/** Sends the standard input. */
export function sendInput(room: Room, { patienceMs }: Pick<ChatOptions, 'patienceMs'>): Promise<ExitCode> {
  return sendLines(room, readLines(process.stdin), patienceMs, complain);
}
