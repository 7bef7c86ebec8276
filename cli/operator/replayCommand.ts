import { CommandError, EXIT } from '../commandLine/exitCodes';
import { roomName, wholeNumber } from '../commandLine/values';
import { complain } from '../terminal/terminalText';
import { connectToFunction } from './invokeFunction';
import { createOperatorCommand } from './stackOptions';

/** Makes `edge-chat replay`. */
export function replayCommand() {
  return createOperatorCommand('replay', 'the function operatorReplay')
    .summary("send a room's events again")
    .description("Send a room's events again, from a seq on, in a stack with the parameter events.")
    .option('--room <room>', 'name of the room', roomName)
    .option('--from <seq>', 'the first seq to send again', wholeNumber(1))
    .action(async ({ room, from, ...stack }) => {
      if (room === undefined || from === undefined)
        throw new CommandError(EXIT.usage, 'Give --room and --from. --help lists the options.');
      const invoke = await connectToFunction('operatorReplay', stack);
      const { outcome } = (await invoke({ room, from })) as { outcome: string };
      complain(
        outcome === 'rewound'
          ? `The events of ${room} come again from seq ${from}.`
          : `The events of ${room} from seq ${from} are on their way for the first time.`,
      );
    });
}
