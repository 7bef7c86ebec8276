import { randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { startBot } from 'edge-chat/bot';
import { createChat, webSocketFrom } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import WebSocket from 'ws';

const { STACK = 'http://localhost:8080', ROOM = 'lobby' } = process.env;

/** Each start, and each copy, has to be the same user. */
async function token() {
  const { token } = await signInGuest(`${STACK}/api/token`, 'Dice', readToken());
  const written = `token.${process.pid}`;
  writeFileSync(written, token, { mode: 0o600 });
  renameSync(written, 'token'); // A copy that reads the file never sees half of it.
  return token;
}

function readToken() {
  try {
    return readFileSync('token', 'utf8');
  } catch {
    return undefined;
  }
}

const chat = createChat({
  url: `${STACK.replace('http', 'ws')}/ws`,
  token,
  open: webSocketFrom(WebSocket), // Node 22 has a WebSocket of its own: leave this line out.
});
chat.connect();

const bot = startBot(chat, ROOM, {
  name: 'dice',
  accepts: ({ text }) => text === '!roll',
  answer: ({ from }) => `${from.name} rolls ${randomInt(1, 7)}.`,
});
await bot.ready;
console.log(`${chat.user?.name} is in ${ROOM}.`);
