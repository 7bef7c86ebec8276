import WebSocket from 'ws';
import { type Chat, ChatError, createChat, type Room, webSocketFrom } from '../../client/index';
import { CommandError, type ExitCode } from '../commandLine/exitCodes';
import { createProgressLine } from '../files/progressLine';
import type { FileAccess } from '../files/roomFiles';
import type { ChatOptions } from './chatOptions';
import { commandErrorOf, joinFirst } from './connect';
import { createTokenSource, socketUrl, type TokenSource } from './token';

/** Signs in, joins the first room, runs something there, and closes the connection. @throws CommandError */
export async function withRoom(
  options: ChatOptions,
  run: (chat: Chat, room: Room, access: FileAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { url, rooms, patienceMs } = options;
  const source = await createTokenSource(options).catch((error: unknown) => {
    throw withAddress(error, url);
  });
  let current = '';
  const token: TokenSource = async (request) => {
    current = await source(request);
    return current;
  };
  const access = { url, token: () => current, patienceMs, progress: createProgressLine(process.stderr) };
  const chat = createChat({ url: socketUrl(url), token, open: webSocketFrom(WebSocket), onError: () => {} });
  try {
    const room = chat.room(rooms[0]);
    await joinFirst(chat, room, url.origin, patienceMs);
    return await run(chat, room, access);
  } finally {
    chat.close();
    // An open pipe at the input must not keep the program running.
    process.stdin.destroy();
  }
}

/** Adds the address and the network's error: a wrong address is the most frequent cause. */
function withAddress(error: unknown, url: URL): unknown {
  const ending = commandErrorOf(error);
  if (!(error instanceof ChatError) || !(ending instanceof CommandError)) return error;
  const { cause } = error.cause instanceof Error ? error.cause : {};
  const detail = cause instanceof Error ? ` (${'code' in cause ? cause.code : cause.message})` : '';
  return new CommandError(ending.exitCode, `${url.origin}${detail}: ${ending.message}`);
}
