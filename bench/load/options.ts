import { parseArgs } from 'node:util';

export interface LoadOptions {
  /** The stack's address. Without it the run starts a stack of its own. */
  url: URL | undefined;
  token: string | undefined;
  clients: number;
  rooms: number;
  /** Messages a second of all clients together. */
  rate: number;
  minutes: number;
  /** Clients that begin to connect in a second. */
  connectRate: number;
}

/** The defaults of a command. */
export type Defaults = Pick<LoadOptions, 'clients' | 'rooms' | 'rate' | 'minutes'>;

const HELP = `Puts a stack under load, and checks that nothing is lost, doubled or out of order.

  npm run load -- [--url URL] [--clients 500] [--rooms 50] [--rate 200] [--minutes 5]

  --url URL          a stack that runs, such as https://d111111abcdef8.cloudfront.net (one started for this)
  --clients COUNT    connections, each with the client library
  --rooms COUNT      rooms they are spread over
  --rate COUNT       messages a second, of all together; a client may send 5 for long
  --minutes COUNT    how long they talk
  --connect-rate N   connections begun a second (50: a stage gives out as many guest tokens)

EDGE_CHAT_TOKEN      a token of the identity provider, which all clients then share, where guests are switched off.
A deployed stage costs what its messages cost: about $1 a million messages delivered.
`;

export type Read = { kind: 'run'; options: LoadOptions } | { kind: 'help' } | { kind: 'wrong'; line: string };

export { HELP };

/** Reads the command line; `defaults` are those of the command. */
export function readLoadOptions(
  args: readonly string[],
  env: Record<string, string | undefined>,
  defaults: Defaults,
): Read {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(args, defaults);
  } catch (error) {
    return { kind: 'wrong', line: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  const url = values.url?.replace(/^ws(?=s?:)/, 'http');
  if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    return { kind: 'wrong', line: `--url must be an address such as https://d111111abcdef8.cloudfront.net.` };

  const numbers = ['clients', 'rooms', 'rate', 'minutes', 'connect-rate'] as const;
  const wrong = numbers.find((name) => !(Number(values[name]) > 0));
  if (wrong) return { kind: 'wrong', line: `--${wrong} must be a number above 0.` };
  const [clients, rooms, rate, long, connectRate] = numbers.map((name) => Number(values[name])) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (rooms > clients) return { kind: 'wrong', line: 'There must be at least as many clients as rooms.' };
  const options: LoadOptions = {
    url: url === undefined ? undefined : new URL(url),
    token: env.EDGE_CHAT_TOKEN?.trim() || undefined,
    clients,
    rooms,
    rate,
    minutes: long,
    connectRate,
  };
  return { kind: 'run', options };
}

function parse(args: readonly string[], { clients, rooms, rate, minutes }: Defaults) {
  return parseArgs({
    args: [...args],
    strict: true,
    options: {
      url: { type: 'string' },
      clients: { type: 'string', default: String(clients) },
      rooms: { type: 'string', default: String(rooms) },
      rate: { type: 'string', default: String(rate) },
      minutes: { type: 'string', default: String(minutes) },
      'connect-rate': { type: 'string', default: '50' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}
