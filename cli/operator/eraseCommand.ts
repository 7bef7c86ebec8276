import { setTimeout } from 'node:timers/promises';
import { CommandError, EXIT } from '../commandLine/exitCodes';
import { roomName, userId, wholeNumber } from '../commandLine/values';
import { complain } from '../terminal/terminalText';
import { connectToFunction } from './invokeFunction';
import { createOperatorCommand } from './stackOptions';

/** No attempt to write an entry lasts longer: its function has ended by then. */
export const SETTLE_SECONDS = 30;

/** Makes `edge-chat erase`. */
export function eraseCommand() {
  return createOperatorCommand('erase', 'the function operatorErase')
    .summary("erase a user's or a room's messages")
    .description("Erase a user's or a room's messages for good. Backups keep them for 35 days.")
    .option('--user <id>', 'every message of this user, in all rooms; empty entries stay', userId)
    .option('--room <room>', 'every message of this room; the empty entries expire an hour later', roomName)
    .option(
      '--settle <seconds>',
      'the wait before the second run, which finds messages that were being sent during the first',
      wholeNumber(0, 3600, 'seconds'),
      SETTLE_SECONDS,
    )
    .option('--yes', 'confirm: without it nothing is erased')
    .action(async ({ user, room, yes, settle, ...stack }) => {
      if ((room === undefined) === (user === undefined))
        throw new CommandError(EXIT.usage, 'Give either --room or --user. --help lists the options.');
      if (!yes)
        throw new CommandError(
          EXIT.usage,
          `This erases for good: confirm with --yes, in stage ${stack.stage}.`,
        );

      const invoke = await connectToFunction('operatorErase', stack);
      let total = 0;
      const eraseAll = async () => {
        let next: unknown;
        do {
          const done = (await invoke({ user, room, next })) as { erased: number; next?: unknown };
          total += done.erased;
          next = done.next;
          if (next !== undefined) complain(`${total} erased so far.`);
        } while (next !== undefined);
      };
      await eraseAll();
      await setTimeout(settle * 1000);
      await eraseAll();
      complain(`${total} messages erased.`);
    });
}
