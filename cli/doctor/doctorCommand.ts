import { createCommand } from '../commandLine/command';
import { roomName, stackUrl, wholeNumber } from '../commandLine/values';
import { createStyle } from '../terminal/style';
import { CHECKS } from './checks';
import type { Result } from './harness/check';
import type { Target } from './harness/deployment';
import { describeResult, summary, toJson } from './report';
import { runChecks } from './run';

/** The exit codes of the doctor. */
const EXIT = { ok: 0, failed: 1, unreachable: 2 } as const;

/** API Gateway closes a connection after ten quiet minutes; clients ping at the latest after nine. */
const MAX_IDLE_S = 540;

/** Makes `edge-chat doctor`. */
export function doctorCommand() {
  return createCommand('doctor')
    .summary('check a deployed or a local stack')
    .description('Check a deployed or a local stack from the outside, as a client uses it.')
    .argument('<url>', 'address of the stack, such as wss://d111111abcdef8.cloudfront.net/ws', stackUrl)
    .option(
      '--api <url>',
      "an API's own address, to check that it is closed; may be repeated: wss://….execute-api.….amazonaws.com/ws, https://….execute-api.….amazonaws.com",
      (text, earlier: readonly URL[] | undefined) => [...(earlier ?? []), apiUrl(text)],
    )
    .option(
      '--room <name>',
      'test in this room, where users may not write in new rooms; the messages stay there',
      roomName,
    )
    .option('--origin <url>', "origin of the page, if it is not the address's own", stackUrl)
    .option('--samples <count>', 'sends to time', wholeNumber(1, 1000), 20)
    .option(
      '--idle <seconds>',
      'keep one connection quiet this long first',
      wholeNumber(0, MAX_IDLE_S, 'seconds'),
      0,
    )
    .option('--timeout <seconds>', 'give up on an answer after this long', wholeNumber(1, 300, 'seconds'), 10)
    .option(
      '--within <seconds>',
      'give up on all checks after this long, and --idle on top',
      wholeNumber(1, 86_400, 'seconds'),
      180,
    )
    .option(
      '--json',
      'print one JSON object: {url, ok, checks: [{name, outcome, detail, means, remedy?, figures?, ms, …}]}',
    )
    .addHelpText(
      'after',
      `
EDGE_CHAT_TOKEN  a token of the identity provider, where guests are switched off

It writes some dozens of short messages into new rooms, whose names begin with "doctor-", or into --room.
✓ holds   ✗ does not hold   – was skipped, and why

Exit codes: 0 no check failed; 1 a check failed; 2 wrong options, or the address cannot be reached.`,
    )
    .action(async (url, { api, origin, room, samples, idle, timeout, within, json }) => {
      const target: Target = {
        socketUrl: socketUrlOf(url),
        origin: (origin ?? url).origin,
        apis: api ?? [],
        token: process.env.EDGE_CHAT_TOKEN?.trim() || undefined,
        room,
        samples,
        idleMs: idle * 1000,
        patienceMs: timeout * 1000,
      };
      process.exitCode = await examine(target, (within + idle) * 1000, json === true);
    });
}

/** Gives the socket's address, whose path is /ws unless another is given. */
export function socketUrlOf(url: URL): URL {
  const socket = new URL(url.pathname === '/' ? '/ws' : url.pathname, url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return socket;
}

/** Reads an API's address and keeps its scheme, which tells the WebSocket API from the HTTP API. */
function apiUrl(text: string): URL {
  stackUrl(text);
  return new URL(text);
}

async function examine(target: Target, withinMs: number, isJson: boolean): Promise<number> {
  const style = createStyle(process.stdout.isTTY && process.stdout.hasColors() && !process.env.NO_COLOR);
  const report = (result: Result) => console.log(describeResult(result, style));
  const results = await runChecks(target, CHECKS, { withinMs, report: isJson ? undefined : report });
  console.log(isJson ? toJson(target.socketUrl, results) : summary(results));

  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return EXIT.ok;
  return failed.some(({ name }) => name === 'reach') ? EXIT.unreachable : EXIT.failed;
}
