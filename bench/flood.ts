import { fork } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { runProgram } from '../cli/commandLine/command';
import { numberFrom } from '../cli/commandLine/values';
import { costOfRefusals } from './flood/refusals';
import { createBench } from './harness/benchCommand';
import { judge, printHeader, printTable, short } from './harness/report';
import { startApart } from './load/stackApart';

const PEOPLE = 10;
/** As long as the cool-down: the flooder reconnects as soon as it may, so each minute has one flood. */
const SECONDS = 60;
/** Below the 5 a second that a connection may keep: users are slower. */
const PAUSE_MS = 500;
/** Number of turns of quiet and flooded minutes, so that other load on the machine affects both. */
const ROUNDS = 3;
const PATIENCE_MS = 30_000;
/** The burst of a connection's token bucket. */
const AT_ONCE = 20;
/** Interval of the flooder's handshakes while the server refuses it. */
const RECONNECTS_EVERY_MS = 100;
const ROOM = 'den';

/**
 * How long people's sends take to be acknowledged in a room where a user floods, and comes back whenever it is closed;
 * and, to tell the flood from what its author may send anyway, where a user sends as many messages at once as a
 * connection may, and no more. Here all containers share one process and its cores, which Lambda's do not. What the code
 * itself costs people is in tests/adversarial/flooded.test.ts, in virtual time.
 */
async function main({ rate, check }: { rate: number; check?: true | undefined }): Promise<void> {
  printHeader(`bench:flood: what one flooder at ${short(rate)} frames a second costs the others in the room`);
  const stack = await startApart();
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => enter(stack.url, `person ${i}`)));
  await measure(people, 'warm', 5);

  const delays: Record<'quiet' | 'burst' | 'flooded', number[]> = { quiet: [], burst: [], flooded: [] };
  const floods: Flood[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    delays.quiet.push(...(await measure(people, `quiet-${round}`, SECONDS)));
    const burst = await beside(stack.url, people, `burst-${round}`, AT_ONCE, rate);
    delays.burst.push(...burst.delays);
    const flooded = await beside(stack.url, people, `flooder-${round}`, Number.POSITIVE_INFINITY, rate);
    delays.flooded.push(...flooded.delays);
    floods.push(flooded.flood);
  }
  for (const all of Object.values(delays)) all.sort((a, b) => a - b);

  const row = (name: string, delays: readonly number[]) => [
    name,
    String(delays.length),
    ...[0.5, 0.99, 1].map((part) => short(at(delays, part))),
  ];
  printTable(
    ['', 'messages', 'p50 ms', 'p99 ms', 'slowest ms'],
    [row('quiet', delays.quiet), row(`${AT_ONCE} at once`, delays.burst), row('flooded', delays.flooded)],
  );
  for (const person of people) person.close();
  await stack.stop();

  const refusals = await costOfRefusals();
  printTable(
    ['a frame refused', 'µs of processor'],
    Object.entries(refusals).map(([why, us]) => [why, short(us)]),
  );
  const closed = floods.flatMap(({ closedMs }) => closedMs).sort((a, b) => a - b);
  const sum = (what: 'sent' | 'refused') => floods.reduce((all, flood) => all + flood[what], 0);
  console.log(
    `The flooder sent ${sum('sent')} frames over ${closed.length} connections, each closed within ` +
      `${short(at(closed, 1))} ms, and was refused another ${sum('refused')} times.`,
  );
  judge(
    [
      {
        what: 'p99 with the flooder, in % of p99 without',
        value: (100 * at(delays.flooded, 0.99)) / at(delays.quiet, 0.99),
        atMost: 120,
      },
      {
        what: `p99 with the flooder, in % of p99 with ${AT_ONCE} messages at once`,
        value: (100 * at(delays.flooded, 0.99)) / at(delays.burst, 0.99),
        atMost: 120,
      },
      { what: 'ms until the flooder was closed', value: at(closed, 1), atMost: 5_000 },
      {
        what: 'processor that 1,000 refused frames a second take, in %',
        value: Math.max(...Object.values(refusals)) / 10,
        atMost: 5,
      },
    ],
    { check },
  );
}

/** Measures while another process sends up to a number of messages. Returns that process's report. */
async function beside(
  url: string,
  people: readonly WebSocket[],
  name: string,
  most: number,
  rate: number,
): Promise<{ delays: number[]; flood: Flood }> {
  const given = [url, await tokenOf(url, name), String(most), String(rate)];
  const other = fork(__filename, ['flood', ...given], { execArgv: ['--import', 'tsx'] });
  await once(other, 'message');
  const delays = await measure(people, name, SECONDS);
  other.send('stop');
  const [flood] = (await once(other, 'message')) as [Flood];
  return { delays, flood };
}

/** The flooder's report. */
interface Flood {
  sent: number;
  /** Handshakes that were refused. */
  refused: number;
  /** Lifetimes of the connections that the server closed. */
  closedMs: number[];
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;

async function tokenOf(url: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/api/token`, { method: 'POST', body: JSON.stringify({ name }) });
  return ((await answer.json()) as { token: string }).token;
}

async function enter(url: string, name: string): Promise<WebSocket> {
  const socket = await open(url, await tokenOf(url, name));
  socket.send(JSON.stringify({ action: 'joinRoom', room: ROOM }));
  await frameOf(socket, ({ type }) => type === 'joined');
  return socket;
}

/** Opens a socket as the page at this address does. */
async function open(origin: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, ['chat.v1', `bearer.${token}`], {
    origin,
  });
  await once(socket, 'open');
  return socket;
}

/** Sends for some seconds from every client. Returns the times to the acknowledgements, fastest first. */
async function measure(people: readonly WebSocket[], name: string, seconds: number): Promise<number[]> {
  const delays: number[] = [];
  const talk = async (socket: WebSocket, who: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, (PAUSE_MS * who) / PEOPLE));
    socket.send(JSON.stringify({ action: 'joinRoom', room: ROOM }));
    let after = Number((await frameOf(socket, ({ type }) => type === 'joined')).head);
    for (let i = 0; i < (1000 * seconds) / PAUSE_MS; i++) {
      const id = `${name}-${who}-${i}-of-bench`;
      const began = performance.now();
      const acked = frameOf(socket, (frame) => frame.ref === id);
      socket.send(
        JSON.stringify({ action: 'sendMessage', room: ROOM, id, text: 'x'.repeat(160), after, ref: id }),
      );
      const reply = await acked;
      const took = performance.now() - began;
      if (reply.type !== 'ack') throw new Error(`${id} was answered ${JSON.stringify(reply)}.`);
      after = Number(reply.seq);
      delays.push(took);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, PAUSE_MS - took)));
    }
  };
  await Promise.all(people.map(talk));
  return delays.sort((a, b) => a - b);
}

function frameOf(
  socket: WebSocket,
  isIt: (frame: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No answer came in ${PATIENCE_MS} ms.`)), PATIENCE_MS);
    const read = (data: unknown): void => {
      const frame = JSON.parse(String(data));
      if (!isIt(frame)) return;
      clearTimeout(late);
      socket.off('message', read);
      resolve(frame);
    };
    socket.on('message', read);
  });
}

/** Sends at the given rate in a process of its own, and reconnects after each close, until it is stopped. */
async function flood(url: string, token: string, most: number, rate: number): Promise<void> {
  const closedMs: number[] = [];
  let sent = 0;
  let refused = 0;
  let isOver = false;
  process.once('message', () => {
    isOver = true;
  });
  process.once('disconnect', () => process.exit());
  process.send?.('floods');
  while (!isOver) {
    const socket = await open(url, token).catch(() => undefined);
    if (!socket) {
      refused++;
      await new Promise((resolve) => setTimeout(resolve, RECONNECTS_EVERY_MS));
      continue;
    }
    const openedAt = performance.now();
    const closed = once(socket, 'close');
    socket.send(JSON.stringify({ action: 'joinRoom', room: ROOM }));
    const { head: after } = await frameOf(socket, ({ type }) => type === 'joined');
    const joinedAt = performance.now();
    let sentHere = 0;
    const sending = setInterval(() => {
      if (isOver) return socket.close();
      const due = ((performance.now() - joinedAt) / 1000) * rate;
      for (; sentHere < due && sent < most; sentHere++, sent++)
        socket.send(
          JSON.stringify({ action: 'sendMessage', room: ROOM, id: `flood-frame-${sent}`, text: 'x', after }),
        );
    }, 5);
    await closed;
    clearInterval(sending);
    if (!isOver) closedMs.push(performance.now() - openedAt);
  }
  process.send?.({ sent, refused, closedMs });
  process.disconnect();
}

const program = createBench('bench:flood', 'Measure what one flooder costs the others in a room.')
  .option('--rate <frames>', 'frames a second of the flooder', numberFrom(1), 1_000)
  .action(main);
// The flooder runs in a process of its own, so that its work does not slow the others down.
program
  .command('flood <url> <token> <most> <rate>', { hidden: true })
  .action((url, token, most, rate) => flood(url, token, Number(most), Number(rate)));
void runProgram(program);
