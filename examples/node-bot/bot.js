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
await room.join();

// After the join, so that the room's history is not answered.
room.on('message', ({ from, text }) => {
  if (text !== '!roll') return;
  room.send(`${from.name} rolls ${randomInt(1, 7)}.`).catch(console.error);
});
console.log(`${chat.user?.name} is in ${room.name}.`);
