import { createFinder } from '../../client/finding';
import type { MessageView, Room } from '../../client/index';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { wholeNumber } from '../commandLine/values';
import { saveFiles } from '../files/roomFiles';
import { printable } from '../terminal/terminalText';
import { createChatCommand, readChatOptions } from './chatOptions';
import { commandErrorOf } from './connect';
import { withRoom } from './session';

/** Makes `edge-chat save`. */
export function saveCommand() {
  return createChatCommand('save')
    .summary('save the files of a message')
    .description(
      'Save the files of a message of the first room, and print the path of each. It never overwrites a file: a ' +
        'second file of the same name gets a number. edge-chat tail prints the seq of each message.',
    )
    .option('--message <seq>', 'message that has the files; must be given', wholeNumber(1))
    .option('--to <folder>', 'folder to save them to', '.')
    .action(async (url, { message: seq, to: folder, ...options }) => {
      if (seq === undefined) throw new CommandError(EXIT.usage, 'Give --message SEQ.');
      process.exitCode = await withRoom(readChatOptions(url, options), async (_chat, room, access) => {
        try {
          const message = await findMessage(room, seq);
          for await (const place of saveFiles(room, access, message, folder))
            process.stdout.write(`${printable(place)}\n`);
        } catch (error) {
          throw commandErrorOf(error);
        }
        return EXIT.ok;
      });
    });
}

/** Finds a message of a room. @throws ChatError or CommandError when it is gone. */
async function findMessage(room: Room, seq: number): Promise<MessageView> {
  const finder = createFinder(room);
  try {
    await finder.jump(seq);
    const found = finder.snapshot.messages.find((message) => message.seq === seq);
    if (!found || found.deleted) throw new CommandError(EXIT.failed, `Message #${seq} is deleted.`);
    return found;
  } finally {
    finder.stop();
  }
}
