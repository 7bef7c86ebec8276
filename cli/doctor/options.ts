import { parseArgs } from 'node:util';
import type { Target } from './target';

export interface Options extends Target {
  withinMs: number;
  json: boolean;
}

export type Read = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; line: string };

/** API Gateway closes a connection after ten quiet minutes; clients ping at the latest after nine. */
const LONGEST_IDLE_S = 540;

export const HELP = `Checks a deployed or a local stack, from the outside, as a client meets it.

  edge-chat doctor wss://d111111abcdef8.cloudfront.net/ws [--api URL]... [--json]

  --api URL      an API's own address, to see that it is closed: wss://….execute-api.….amazonaws.com/ws for the
                 WebSocket API, https://….execute-api.….amazonaws.com for the HTTP API
  --origin URL   the page's origin, where it is not the address itself
  --samples N    how many sends are timed (20)
  --idle SECS    leave the connection of the ping quiet for so long, 540 at most (0)
  --timeout SECS give up on one answer after so long (10)
  --within SECS  give up on everything after so long, and --idle on top (180)
  --json         one JSON object: {url, ok, checks: [{name, outcome, detail, means, mend?, figures?, ms, …}]}
  --help         this text

EDGE_CHAT_TOKEN  a token of the identity provider, where guests are switched off.

It disturbs nobody: it writes some dozens of short messages into rooms of its own, whose names begin with "doctor-".
✓ holds   ✗ does not hold   – not looked at, and why

Exit codes: 0 nothing failed; 1 a check failed; 2 the options are wrong, or the address cannot be reached.
`;

/** Reads the command line and the environment. */
export function readOptions(args: readonly string[], env: Record<string, string | undefined>): Read {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return wrong(
      error instanceof Error ? `${error.message.split('. ')[0]?.replace(/\.$/, '')}.` : String(error),
    );
  }
  const { values, positionals } = given;
  if (values.help) return { kind: 'help' };
  if (positionals.length !== 1)
    return wrong('Give one address, such as wss://d111111abcdef8.cloudfront.net/ws.');

  const socketUrl = addressIn(positionals[0]);
  if (!socketUrl)
    return wrong(
      'The address must be such as wss://d111111abcdef8.cloudfront.net/ws, without a query or a password.',
    );
  if (socketUrl.pathname === '/') socketUrl.pathname = '/ws';
  socketUrl.protocol = socketUrl.protocol.replace('http', 'ws');

  const apis = values.api.map(addressIn).filter((url) => url !== undefined);
  if (apis.length < values.api.length) return wrong('--api must be an address of wss or https.');
  const own = new URL(socketUrl.href.replace(/^ws/, 'http')).origin;
  const origin = values.origin === undefined ? own : addressIn(values.origin)?.origin;
  if (origin === undefined || origin === 'null') return wrong('--origin must be an address of https.');

  const samples = wholeNumber(values.samples, 1, 1000);
  const idleS = wholeNumber(values.idle, 0, LONGEST_IDLE_S);
  const patienceS = wholeNumber(values.timeout, 1, 300);
  const withinS = wholeNumber(values.within, 1, 86_400);
  if (samples === undefined) return wrong('--samples must be a whole number from 1 to 1000.');
  if (idleS === undefined)
    return wrong(`--idle must be a whole number of seconds, at most ${LONGEST_IDLE_S}.`);
  if (patienceS === undefined) return wrong('--timeout must be a whole number of seconds from 1 to 300.');
  if (withinS === undefined) return wrong('--within must be a whole number of seconds, 1 or more.');

  return {
    kind: 'run',
    options: {
      socketUrl,
      origin,
      apis,
      token: env.EDGE_CHAT_TOKEN?.trim() || undefined,
      samples,
      idleMs: idleS * 1000,
      patienceMs: patienceS * 1000,
      withinMs: (withinS + idleS) * 1000,
      json: values.json,
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    strict: true,
    allowPositionals: true,
    options: {
      api: { type: 'string', multiple: true, default: [] },
      origin: { type: 'string' },
      samples: { type: 'string', default: '20' },
      idle: { type: 'string', default: '0' },
      timeout: { type: 'string', default: '10' },
      within: { type: 'string', default: '180' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function addressIn(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.search === '' && url.username === '' && url.password === '';
  return isPlain && /^(wss?|https?):$/.test(url.protocol) ? url : undefined;
}

function wrong(line: string): Read {
  return { kind: 'wrong', line: `${line} --help lists the options.` };
}

function wholeNumber(text: string, lowest: number, highest: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= lowest && value <= highest ? value : undefined;
}
