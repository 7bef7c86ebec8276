import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { ChatError, createChat, type Room, webSocketFrom } from '../../client/index';
import { Ending, EXIT, type ExitCode } from '../exit';
import { talk } from './chatCommand';
import { endingFor, enter } from './connect';
import { HELP, type Options, readOptions } from './options';
import { sendLines } from './sendCommand';
import { tail } from './tailCommand';
import { socketUrl, tokens } from './token';

/** Runs the program, and gives its exit code. */
async function main(): Promise<ExitCode> {
  const read = readOptions(process.argv.slice(2), process.env);
  switch (read.kind) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.fine;
    case 'wrong':
      throw new Ending(EXIT.usage, read.line);
    case 'run':
      return run(read.options);
    default:
      return read satisfies never;
  }
}

async function run(options: Options): Promise<ExitCode> {
  const { mode, url, rooms, patienceMs } = options;
  const token = await tokens(options).catch((error: unknown) => {
    throw atUrl(error, url);
  });
  const chat = createChat({ url: socketUrl(url), token, open: webSocketFrom(WebSocket), onError: () => {} });
  const room = chat.room(rooms[0] ?? 'lobby');
  try {
    await enter(chat, room, url.origin, patienceMs);
    const { stdin: input, stdout: output } = process;
    if (mode === 'tail') {
      const others = await Promise.all(rooms.slice(1).map((name) => enterToo(chat.room(name))));
      return await tail(chat, [room, ...others], options, {
        print: (line) => output.write(`${line}\n`),
        complain: (line) => console.error(line),
        ended: whenEnded(output),
      });
    }
    if (mode === 'chat' && input.isTTY && output.isTTY) return await talk(chat, options, { input, output });
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    return await sendLines(room, lines, patienceMs, (line) => console.error(line));
  } finally {
    chat.close();
  }
}

async function enterToo(room: Room): Promise<Room> {
  await room.join().catch((error: unknown) => {
    throw endingFor(error);
  });
  return room;
}

/** Waits until the person interrupts the program, or whoever reads its output has gone. */
function whenEnded(output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
    output.on('error', () => resolve());
  });
}

/** Adds where the program tried to go, and how that failed: the address is what is wrong most often. */
function atUrl(error: unknown, url: URL): unknown {
  const ending = endingFor(error);
  if (!(error instanceof ChatError) || !(ending instanceof Ending)) return error;
  const { cause } = error.cause instanceof Error ? error.cause : {};
  const detail = cause instanceof Error ? ` (${'code' in cause ? cause.code : cause.message})` : '';
  return new Ending(ending.code, `${url.origin}${detail}: ${ending.message}`);
}

main()
  .then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.exitCode = error instanceof Ending ? error.code : EXIT.unreachable;
      console.error(error instanceof Ending ? error.message : error);
    },
  )
  .finally(() => {
    // Nothing more is to come, and an open pipe at the input must not keep the program waiting for it.
    process.stdin.destroy();
  });
