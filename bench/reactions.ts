import type { WebSocket } from 'ws';
import { runProgram } from '../cli/commandLine/command';
import { type Stack, startStack } from '../local/stack';
import { createBench } from './harness/benchCommand';
import { judge, printHeader, printTable, show } from './harness/report';
import { enterRoom, frameOf, until } from './harness/roomSockets';
import { figure, interleave } from './harness/samples';

const CROWD = 500;
const CROWD_MS = 10_000;
const FEW = 3;
const FEW_MS = 2_500;
const FEW_MESSAGES = 20;
const ROUNDS = 7;
/** What the log may hold at most of 500 reactions, and how soon the first one is seen. */
const MAX_ENTRIES = 15;
const MAX_FIRST_MS = 300;
/** The first reaction writes four rows before its entry, and a message none. */
const MAX_RATIO = 4;

/** A room on the local stack, and what each of its sockets has heard. */
interface Room {
  name: string;
  sockets: readonly WebSocket[];
  /** Of each receiver and message, the newest count that it shows. */
  shown: Map<string, Pick<Heard, 'k' | 'seq' | 'counts'>>;
  /** Of each message, the seqs of the entries that count its reactions. */
  entries: Map<number, Set<number>>;
  /** When each receiver first heard of a message (by its seq) and of its reactions (by `of`). */
  heard: Map<string, number>;
  /** The `k` that the server counted for each change, of each message. */
  counted: Map<number, number[]>;
  refused: number;
  head: number;
}

/** What the frames that are measured have. */
interface Heard {
  type: string;
  of: number;
  k: number;
  seq: number;
  counts: Record<string, number>;
}

async function open(stack: Stack, name: string, size: number): Promise<Room> {
  const room: Omit<Room, 'sockets'> = {
    ...{ name, shown: new Map(), entries: new Map(), heard: new Map(), counted: new Map() },
    ...{ refused: 0, head: 0 },
  };
  const sockets = await enterRoom(stack, name, size, (receiver, frame, at) => {
    const { type, of = 0, k = 0, seq = 0, counts = {} } = frame as Partial<Heard>;
    room.head = Math.max(room.head, seq);
    const first = (what: string) => room.heard.set(what, room.heard.get(what) ?? at);
    if (type === 'error') room.refused++;
    if (type === 'ok') room.counted.set(of, [...(room.counted.get(of) ?? []), k]);
    if (type === 'message') first(`${receiver} message ${seq}`);
    if (type !== 'reacted') return;
    first(`${receiver} reacted ${of}`);
    room.entries.set(of, (room.entries.get(of) ?? new Set()).add(seq));
    const held = room.shown.get(`${receiver} ${of}`);
    if (!held || k > held.k || (k === held.k && seq > held.seq))
      room.shown.set(`${receiver} ${of}`, { k, seq, counts });
  });
  return Object.assign(room, { sockets });
}

/** Sends a message from the first socket. Returns its seq and when it was sent. */
async function sendMessage(room: Room): Promise<{ seq: number; began: number }> {
  const [sender] = room.sockets;
  if (!sender) throw new Error('The room has no socket.');
  const acked = frameOf(sender, 'ack');
  const began = performance.now();
  const id = `message-${crypto.randomUUID().slice(0, 8)}`;
  sender.send(
    JSON.stringify({ action: 'sendMessage', room: room.name, id, text: 'words', after: room.head }),
  );
  const seq = Number((await acked).seq);
  room.head = Math.max(room.head, seq);
  return { seq, began };
}

/** Puts a reaction on. Returns when it was sent. */
function react(room: Room, receiver: number, of: number): number {
  const frame = { action: 'react', room: room.name, of, name: '👏', on: true, v: Date.now() };
  room.sockets[receiver]?.send(JSON.stringify(frame));
  return performance.now();
}

/** Waits until the others have heard of something, and gives when they did, in milliseconds since, the fastest first. */
async function delays(room: Room, what: string, since: number, except: number): Promise<number[]> {
  const others = room.sockets.map((_, receiver) => receiver).filter((receiver) => receiver !== except);
  await until(() => others.every((receiver) => room.heard.has(`${receiver} ${what}`)));
  return others
    .map((receiver) => (room.heard.get(`${receiver} ${what}`) ?? Number.NaN) - since)
    .sort((a, b) => a - b);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const middle = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
const soonest = (sorted: readonly number[]) => sorted[0] ?? Number.NaN;
const last = (sorted: readonly number[]) => sorted.at(-1) ?? Number.NaN;

/** Measures how soon the others see a message, and the first reaction to one, in turns. */
async function measureFirst(room: Room) {
  return interleave(ROUNDS, {
    message: async () => {
      const { seq, began } = await sendMessage(room);
      return delays(room, `message ${seq}`, began, 0);
    },
    reaction: async () => {
      const { seq } = await sendMessage(room);
      await delays(room, `message ${seq}`, 0, 0);
      await pause(300);
      return delays(room, `reacted ${seq}`, react(room, 1, seq), 1);
    },
  });
}

/** Lets users react at random times to a message. Returns how many clients show another count, and how many changes are lost. */
async function reactAll(room: Room, of: number, users: number, withinMs: number) {
  const timers = Array.from({ length: users }, async (_, receiver) => {
    await pause(Math.random() * withinMs);
    return react(room, receiver, of);
  });
  const began = Math.min(...(await Promise.all(timers)));
  const isWhole = (receiver: number) => room.shown.get(`${receiver} ${of}`)?.counts['👏'] === users;
  await until(() => room.sockets.every((_, receiver) => isWhole(receiver)));
  await until(() => (room.counted.get(of)?.length ?? 0) + room.refused >= users);
  const { k: highest = 0, counts } = room.shown.get(`0 ${of}`) ?? {};
  const counted = room.counted.get(of) ?? [];
  return {
    entries: room.entries.get(of)?.size ?? 0,
    wrong: room.sockets.filter((_, receiver) => !isWhole(receiver)).length,
    lost: users - (counts?.['👏'] ?? 0) + counted.filter((k) => k > highest).length,
    firstMs:
      Math.min(
        ...room.sockets.map((_, receiver) => room.heard.get(`${receiver} reacted ${of}`) ?? Number.NaN),
      ) - began,
  };
}

/** Measures reactions through the local stack: how soon they are seen, how many entries they are, and that all count. */
async function main(options: { full?: true | undefined; check?: true | undefined }): Promise<void> {
  printHeader('bench:reactions: from a reaction to every client, through the whole local stack');
  const stack = await startStack();
  const crowd = await open(stack, 'crowd', CROWD);
  const few = await open(stack, 'few', FEW);

  const first = await measureFirst(crowd);
  const { seq } = await sendMessage(crowd);
  const burst = await reactAll(crowd, seq, CROWD, CROWD_MS);
  const messages: number[] = [];
  for (let i = 0; i < FEW_MESSAGES * (options.full ? 5 : 1); i++) messages.push((await sendMessage(few)).seq);
  const sparse = await Promise.all(
    messages.map(async (of, i) => {
      await pause(i * 700);
      return reactAll(few, of, FEW, FEW_MS);
    }),
  );

  printTable(
    ['in a room of 500', 'first client ms', 'median client ms', 'last client ms'],
    Object.entries(first).map(([what, rounds]) => [
      what === 'message' ? 'a message' : 'the first reaction to one',
      show(figure(rounds.map(soonest))),
      show(figure(rounds.map(middle))),
      show(figure(rounds.map(last))),
    ]),
  );
  const sum = (what: 'wrong' | 'lost') => sparse.reduce((total, each) => total + each[what], 0);
  printTable(
    ['run', 'messages', 'reactions', 'entries each', 'first seen ms', 'wrong counts', 'lost'],
    [
      [
        '500 users in 10 s',
        '1',
        '500',
        String(burst.entries),
        burst.firstMs.toFixed(0),
        String(burst.wrong),
        String(burst.lost),
      ],
      [
        ...['3 users in 2.5 s', String(sparse.length), String(sparse.length * FEW)],
        ...[
          show(figure(sparse.map(({ entries }) => entries))),
          show(figure(sparse.map(({ firstMs }) => firstMs))),
        ],
        ...[String(sum('wrong')), String(sum('lost'))],
      ],
    ],
  );
  const [sent, seen] = [figure(first.message.map(last)).median, figure(first.reaction.map(last)).median];
  const firstSeen = figure([...first.reaction.map(soonest), burst.firstMs]).median;
  judge(
    [
      { what: 'ms until the first reaction is seen', value: firstSeen, atMost: MAX_FIRST_MS },
      {
        what: 'until 500 clients see it, as a multiple of a message',
        value: seen / sent,
        atMost: MAX_RATIO,
      },
      { what: 'entries of 500 reactions', value: burst.entries, atMost: MAX_ENTRIES },
      { what: 'clients with another count', value: burst.wrong + sum('wrong'), atMost: 0 },
      { what: 'reactions lost', value: burst.lost + sum('lost'), atMost: 0 },
    ],
    options,
  );
  for (const { sockets } of [crowd, few]) for (const socket of sockets) socket.close();
  await stack.stop();
}

void runProgram(
  createBench('bench:reactions', 'Measure reactions to every client, through the whole local stack.').action(
    main,
  ),
);
