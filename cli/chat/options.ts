import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { LIMITS, NAME_RULE, parseName, parseRoom, ROOM_RULE } from '../../lib/protocol';

/** What the program is to do: talk with a person, send lines, or print what comes. */
export type Mode = 'chat' | 'send' | 'tail';

export interface Options {
  mode: Mode;
  /** Where the stack is; the socket and the token endpoint are on the same host. */
  url: URL;
  rooms: readonly string[];
  name: string;
  /** A token of the identity provider; guests sign in by name. */
  token: string | undefined;
  /** How many earlier messages are shown on entering a room. */
  history: number;
  /** How long nothing may happen before it is given up, in milliseconds. */
  patienceMs: number;
}

export type Read = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; line: string };

export const HELP = `Chat in a terminal.

  edge-chat chat [URL] [options]                      talk
  echo "It is done" | edge-chat send [URL] [options]  send each line as a message, and end
  edge-chat tail [URL] [options] | jq -r .text        print each message as a line of JSON

  --room NAME      a room to enter; may be given several times (lobby)
  --name NAME      the name others see (the name you are logged in with)
  --url URL        where the stack is, as URL above (EDGE_CHAT_URL, or http://127.0.0.1:8080)
  --history COUNT  earlier messages shown on entering a room (20)
  --timeout SECS   give up after so long without any progress (30)
  --help           this text

EDGE_CHAT_TOKEN   a token of the identity provider, where guests are switched off.

In the chat, /help lists what can be done. Where input and output are no terminal, chat does what send does:
lines go to the first room, and the program ends when all of them are acknowledged. tail runs until it is
interrupted or nobody reads it any more; its lines are {"room","type":"message","seq","id","text","from","at"},
and {"room","type":"gap","from","to"} where messages had expired before they could be read.

Exit codes: 0 all is well, Ctrl-C included; 1 a message was not sent, or nobody knows whether it was; 2 the
options are wrong; 3 the server cannot be reached, or stopped answering; 4 the server refuses the token or
the room.
`;

/** Reads the command line and the environment. */
export function readOptions(args: readonly string[], env: Record<string, string | undefined>): Read {
  const [first] = args;
  const mode = isMode(first) ? first : 'chat';
  let values: ReturnType<typeof parse>;
  try {
    values = parse(isMode(first) ? args.slice(1) : args);
  } catch (error) {
    return wrong(error instanceof Error ? firstSentence(error.message) : String(error));
  }
  if (values.help) return { kind: 'help' };

  const given = values.url ?? (env.EDGE_CHAT_URL?.trim() || 'http://127.0.0.1:8080');
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    return wrong(
      `--url must be an address such as https://d111111abcdef8.cloudfront.net, not ${quoted(given)}.`,
    );

  const rooms = [...new Set(values.room)];
  if (rooms.length > LIMITS.roomsPerConnection)
    return wrong(`At most ${LIMITS.roomsPerConnection} rooms can be open at once.`);
  for (const room of rooms)
    if (parseRoom(room) === undefined) return wrong(`--room is ${quoted(room)}. ${ROOM_RULE}`);

  const name = parseName(values.name ?? userInfo().username);
  if (name === undefined) return wrong(`--name is ${quoted(values.name ?? '')}. ${NAME_RULE}`);

  const history = wholeNumber(values.history, 0, 1000);
  if (history === undefined) return wrong('--history must be a whole number from 0 to 1000.');
  const seconds = wholeNumber(values.timeout, 1, 86_400);
  if (seconds === undefined) return wrong('--timeout must be a whole number of seconds, 1 or more.');

  const token = env.EDGE_CHAT_TOKEN?.trim() || undefined;
  return { kind: 'run', options: { mode, url, rooms, name, token, history, patienceMs: seconds * 1000 } };
}

function isMode(word: string | undefined): word is Mode {
  return word === 'chat' || word === 'send' || word === 'tail';
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    strict: true,
    options: {
      room: { type: 'string', multiple: true, default: ['lobby'] },
      name: { type: 'string' },
      url: { type: 'string' },
      history: { type: 'string', default: '20' },
      timeout: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

function wrong(line: string): Read {
  return { kind: 'wrong', line: `${line} --help lists the options.` };
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function firstSentence(text: string): string {
  return `${text.split('. ')[0]?.replace(/\.$/, '')}.`;
}

function wholeNumber(text: string, lowest: number, highest: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= lowest && value <= highest ? value : undefined;
}
