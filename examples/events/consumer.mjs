import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { EVENTS_SECRET = '', PORT = '8090', STATE = 'state.json' } = process.env;
const KEY = Buffer.from(EVENTS_SECRET.replace(/^whsec_/, ''), 'base64');
const MAX_AGE_SECONDS = 300;
const MAX_BYTES = 1024 * 1024;

/** What the consumer keeps of each room of each log, stored before it confirms. A real one has a database for it. */
const rooms = new Map(existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : []);

createServer(async (request, response) => {
  const body = await read(request);
  const status = body !== undefined && isSigned(request.headers, body) ? take(JSON.parse(body)) : 401;
  response.writeHead(status).end();
}).listen(Number(PORT), '127.0.0.1', () => console.log(`Waiting for events on http://localhost:${PORT}`));

/**
 * Takes an event if it is the next one of its room; the sender repeats an event that gets no 2xx. A gap may begin with
 * what was taken before, if that expired before the sender heard of it.
 */
function take({ log, room, seq, entry }) {
  const key = `${log} ${room}`;
  const known = rooms.get(key) ?? { last: 0, texts: {} };
  rooms.set(key, known);
  if (seq > known.last + 1) return 409;
  const end = entry.type === 'gap' ? entry.to : seq;
  if (entry.type === 'erased') delete known.texts[seq];
  if (end > known.last) {
    if (entry.type === 'message') known.texts[seq] = entry.text;
    if (entry.type === 'edited') known.texts[entry.of] = entry.text;
    if (entry.type === 'deleted') delete known.texts[entry.of];
    known.last = end;
    const texts = Object.keys(known.texts).length;
    console.log(JSON.stringify({ room, seq, type: entry.type, texts }));
  }
  writeFileSync(STATE, JSON.stringify([...rooms]));
  return 204;
}

/** Tells whether a request was signed with our key, lately (Standard Webhooks). */
function isSigned(headers, body) {
  const at = Number(headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - at) < MAX_AGE_SECONDS)) return false;
  const wanted = createHmac('sha256', KEY).update(`${headers['webhook-id']}.${at}.${body}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((signature) => Buffer.from(signature.replace(/^v1,/, ''), 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
}

async function read(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
