import { once } from 'node:events';
import { wholeNumber } from '../commandLine/values';
import { SETTLE_SECONDS } from '../operator/eraseCommand';
import { createOperatorCommand } from '../operator/stackOptions';
import { complain } from '../terminal/terminalText';
import { startConsoleServer } from './consoleServer';
import { createOrders } from './orders';

/** Makes `edge-chat console`. */
export function consoleCommand() {
  return createOperatorCommand('console', "the operator's functions")
    .summary('show rooms, users, bans and alarms on a local page')
    .description(
      'Serve a page on this machine: rooms, users, devices, bans and alarms; ban, unban, export and erase.',
    )
    .option(
      '--settle <seconds>',
      'the wait before the second run of an erasure, which finds messages that were being sent during the first',
      wholeNumber(0, 3600, 'seconds'),
      SETTLE_SECONDS,
    )
    .action(async (options) => {
      const server = await startConsoleServer(await createOrders(options));
      process.stdout.write(`${server.url}\n`);
      complain(
        'Open this address; Ctrl-C ends the console. The address gives access to the console: keep it secret.',
      );
      await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
      await server.stop();
    });
}
