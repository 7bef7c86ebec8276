import type { Room } from '../../client/index';
import { wholeNumber } from '../commandLine/values';
import { complain } from '../terminal/terminalText';
import { createChatCommand, readChatOptions } from './chatOptions';
import { commandErrorOf } from './connect';
import { withRoom } from './session';
import { tailRooms } from './tailRooms';

/** Makes `edge-chat tail`. */
export function tailCommand() {
  return createChatCommand('tail')
    .summary('print each message as a line of JSON')
    .description(
      'Print each message as a line of JSON, until it is interrupted or its output is closed: ' +
        '{"room","type":"message","seq","id","text","from","at"}, ' +
        'the same with "edited" or "deleted" and "of" for a change of the message with that seq, ' +
        'and {"room","type":"gap","from","to"} where messages expired before they were read.',
    )
    .option('--history <count>', 'earlier messages to print for each room', wholeNumber(0, 1000), 20)
    .action(async (url, options) => {
      const chatOptions = readChatOptions(url, options);
      const { stdout: output } = process;
      process.exitCode = await withRoom(chatOptions, async (chat, room) => {
        const others = chatOptions.rooms.slice(1).map((name) => join(chat.room(name)));
        return tailRooms(chat, [room, ...(await Promise.all(others))], options.history, {
          print: (line) => output.write(`${line}\n`),
          complain,
          ended: interruptionOf(output),
        });
      });
    });
}

async function join(room: Room): Promise<Room> {
  await room.join().catch((error: unknown) => {
    throw commandErrorOf(error);
  });
  return room;
}

/** Waits until the user interrupts the program or its output is closed. */
function interruptionOf(output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
    output.on('error', () => resolve());
  });
}
