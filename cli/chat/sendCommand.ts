import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { FileDraft } from '../../client/files';
import { ChatError, type Room } from '../../client/index';
import { LIMITS, problemWithText } from '../../lib/protocol';
import { CommandError, EXIT, type ExitCode } from '../commandLine/exitCodes';
import { readDraft } from '../files/readDraft';
import { type FileAccess, sendFiles } from '../files/roomFiles';
import { complain } from '../terminal/terminalText';
import { type ChatOptions, createChatCommand, readChatOptions } from './chatOptions';
import { reasonOf } from './connect';
import { readLines } from './readLines';
import { sendLines } from './sendLines';
import { withRoom } from './session';

/** Makes `edge-chat send`. */
export function sendCommand() {
  return createChatCommand('send')
    .summary('send each line of the input as a message, or files')
    .description(
      'Send each line of the standard input as a message to the first room, and end when all are acknowledged. ' +
        'Escape sequences such as colours are taken out. With --file, send one message with files instead.',
    )
    .option('--file <path>', `file to send; may be repeated, up to ${LIMITS.files} times`, filePaths)
    .option('--text <text>', 'text of the message with files (default: their names)', messageText)
    .action(async (url, { file: paths, text = '', ...options }) => {
      const chatOptions = readChatOptions(url, options);
      if (!paths && text !== '') throw new CommandError(EXIT.usage, '--text needs a --file.');
      const drafts = await Promise.all((paths ?? []).map(readDraft));
      process.exitCode = await withRoom(chatOptions, (_chat, room, access) =>
        paths ? sendMessage(room, access, text, drafts) : sendInput(room, chatOptions),
      );
    });
}

/** Sends one message with files. */
async function sendMessage(
  room: Room,
  access: FileAccess,
  text: string,
  drafts: readonly FileDraft[],
): Promise<ExitCode> {
  try {
    await sendFiles(room, access, text, drafts);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    complain(`The message was not sent. ${reasonOf(error)}`);
    return EXIT.failed;
  }
}

function filePaths(given: string, earlier: readonly string[] | undefined): readonly string[] {
  const paths = [...(earlier ?? []), given];
  if (paths.length > LIMITS.files)
    throw new InvalidArgumentError(`A message has at most ${LIMITS.files} files.`);
  return paths;
}

function messageText(text: string): string {
  const problem = problemWithText(text);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return text;
}

/** Sends the standard input. */
export function sendInput(room: Room, { patienceMs }: Pick<ChatOptions, 'patienceMs'>): Promise<ExitCode> {
  return sendLines(room, readLines(process.stdin), patienceMs, complain);
}
