import { randomInt } from 'node:crypto';
import { createChat, webSocketFrom } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import WebSocket from 'ws';

const { STACK = 'http://localhost:8080', ROOM = 'lobby' } = process.env;

const chat = createChat({
  url: `${STACK.replace('http', 'ws')}/ws`,
  token: async ({ previous }) => (await signInGuest(`${STACK}/api/token`, 'Dice', previous)).token,
  open: webSocketFrom(WebSocket), // Node 22 has a WebSocket of its own: leave this line out.
});
chat.connect();

const room = chat.room(ROOM);
room.on('message', ({ from, text }, { live }) => {
  if (!live || text !== '!roll') return; // What was sent before the bot joined is history.
  room.send(`${from.name} rolls ${randomInt(1, 7)}.`).catch(console.error);
});
await room.join();
console.log(`${chat.user?.name} is in ${room.name}.`);
