import { banTime, roomName, userId } from '../commandLine/values';
import { complain } from '../terminal/terminalText';
import { connectToFunction } from './invokeFunction';
import { createOperatorCommand, type StackOptions } from './stackOptions';

/** Makes `edge-chat ban`. */
export function banCommand() {
  return createOperatorCommand('ban', 'the function operatorBan')
    .summary('keep a user out')
    .description('Keep a user out of one room, or out of all rooms. A guest can come back as another guest.')
    .argument('<user>', "the user's id, as messages carry it in from.id", userId)
    .option('--room <room>', 'this room only; otherwise every room, and the connections are closed', roomName)
    .option('--for <time>', 'how long, such as 90s, 15m, 2h or 30d (default: 365d)', banTime)
    .option('--new', 'ban a user who has not been here yet')
    .action((user, { room, for: forMs, new: isNew, ...stack }) =>
      order(stack, { order: 'ban', user, room, forMs, isNew }),
    );
}

/** Makes `edge-chat unban`. */
export function unbanCommand() {
  return createOperatorCommand('unban', 'the function operatorBan')
    .summary('let a user in again')
    .description('Let a user into a room, or into the stack, again.')
    .argument('<user>', "the user's id", userId)
    .option('--room <room>', 'lift the ban of this room; otherwise the ban of every room', roomName)
    .action((user, { room, ...stack }) => order(stack, { order: 'unban', user, room }));
}

/** Invokes the function, and prints what now holds. */
async function order(stack: StackOptions, payload: object): Promise<void> {
  const invoke = await connectToFunction('operatorBan', stack);
  // JSON leaves out what is undefined.
  const { done } = (await invoke(payload)) as { done: string };
  complain(done);
}
