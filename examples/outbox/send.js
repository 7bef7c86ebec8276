import { readFileSync, writeFileSync } from 'node:fs';
import { createChat } from 'edge-chat/client';
import { signInGuest } from 'edge-chat/guests';
import { createSqliteOutbox } from './sqliteOutbox.js';

const { STACK = 'http://localhost:8080', ROOM = 'lobby' } = process.env;
const [text = 'Hello!'] = process.argv.slice(2);

/** A send belongs to its user: another run goes on with it under the same user id. */
async function token() {
  const { token } = await signInGuest(`${STACK}/api/token`, 'Sam', readToken());
  writeFileSync('token', token, { mode: 0o600 });
  return token;
}

function readToken() {
  try {
    return readFileSync('token', 'utf8');
  } catch {
    return undefined;
  }
}

const outbox = createSqliteOutbox('sends.db');
const chat = createChat({ url: `${STACK.replace('http', 'ws')}/ws`, token, outbox });
chat.connect();

// A room sends one after the other: what an earlier run has left goes first.
const { seq } = await chat.room(ROOM).send(text);
console.log(`${text} is number ${seq} in ${ROOM}.`);
chat.close();
