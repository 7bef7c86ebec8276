import { wholeNumber } from '../commandLine/values';
import { createChatCommand, readChatOptions } from './chatOptions';
import { sendInput } from './sendCommand';
import { withRoom } from './session';
import { runTerminalChat } from './terminalChat';

/** Makes `edge-chat chat`: a chat at a terminal, or `edge-chat send` where there is none. */
export function chatCommand() {
  return createChatCommand('chat')
    .summary('chat in a terminal')
    .description(
      'Chat in a terminal. In the chat, /help lists the commands. Without a terminal, it works as send does.',
    )
    .option('--history <count>', 'earlier messages to show in each room', wholeNumber(0, 1000), 20)
    .action(async (url, options) => {
      const chatOptions = readChatOptions(url, options);
      const { stdin: input, stdout: output } = process;
      process.exitCode = await withRoom(chatOptions, (chat, room, files) =>
        input.isTTY && output.isTTY
          ? runTerminalChat(
              chat,
              { rooms: chatOptions.rooms, history: options.history, files },
              { input, output },
            )
          : sendInput(room, chatOptions),
      );
    });
}
