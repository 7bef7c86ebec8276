import type { WebSocket } from 'ws';
import { runProgram } from '../cli/commandLine/command';
import { startStack } from '../local/stack';
import { createBench } from './harness/benchCommand';
import { judge, printHeader, printTable, show } from './harness/report';
import { enterRoom, frameOf, until } from './harness/roomSockets';
import { figure } from './harness/samples';

/** The highest rate that a connection may keep. */
const PAUSE_MS = 250;

/** A frame that reached a receiver. */
interface Arrival {
  receiver: number;
  seq: number;
  at: number;
}

/** Measures a message from end to end through the local stack, over real sockets. */
async function main(options: { full?: true | undefined; check?: true | undefined }): Promise<void> {
  const sizes = options.full ? [2, 10, 100, 1_000] : [2, 10, 100];
  const messages = options.full ? 40 : 12;
  printHeader('bench:e2e: from a sender to every receiver, through the whole local stack');
  const stack = await startStack();
  const faults = { lost: 0, doubled: 0, reordered: 0 };
  const rows: string[][] = [];
  for (const size of sizes) {
    const room = `room-${size}`;
    const arrivals: Arrival[] = [];
    const sockets = await enterRoom(stack, room, size, (receiver, frame, at) => {
      if (frame.type === 'message' && receiver > 0) arrivals.push({ receiver, seq: Number(frame.seq), at });
    });
    const sent = await sendAll(sockets, room, messages);
    await settle(arrivals, sent.size * (size - 1));

    const delays = [...sent].map(([seq, began]) =>
      arrivals
        .filter((arrival) => arrival.seq === seq)
        .map(({ at }) => at - began)
        .sort((a, b) => a - b),
    );
    faults.lost +=
      sent.size * (size - 1) - new Set(arrivals.map(({ receiver, seq }) => `${receiver} ${seq}`)).size;
    faults.doubled +=
      arrivals.length - new Set(arrivals.map(({ receiver, seq }) => `${receiver} ${seq}`)).size;
    faults.reordered += countReordered(arrivals);
    const at = (part: number) =>
      figure(delays.map((all) => all[Math.floor(part * (all.length - 1))] ?? Number.NaN));
    rows.push([String(size), String(sent.size), ...[0, 0.5, 1].map((part) => show(at(part)))]);
    for (const socket of sockets) socket.close();
  }
  printTable(['members', 'messages', 'first ms', 'median ms', 'last ms'], rows);
  judge(
    Object.entries(faults).map(([what, value]) => ({ what: `frames ${what}`, value, atMost: 0 })),
    options,
  );
  await stack.stop();
}

/** Sends messages one after the other. Returns the time of each, by its seq. */
async function sendAll([sender]: WebSocket[], room: string, messages: number): Promise<Map<number, number>> {
  const sent = new Map<number, number>();
  if (!sender) return sent;
  let after = 0;
  for (let i = 0; i < messages; i++) {
    const acked = frameOf(sender, 'ack');
    const began = performance.now();
    const id = `message-${String(i).padStart(4, '0')}`;
    sender.send(JSON.stringify({ action: 'sendMessage', room, id, text: 'x'.repeat(160), after }));
    after = Number((await acked).seq);
    sent.set(after, began);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return sent;
}

/** Waits for the expected number of frames, and half a second more for unexpected ones. */
async function settle(arrivals: readonly Arrival[], expected: number): Promise<void> {
  await until(() => arrivals.length >= expected);
  await new Promise((resolve) => setTimeout(resolve, 500));
}

function countReordered(arrivals: readonly Arrival[]): number {
  const highest = new Map<number, number>();
  let reordered = 0;
  for (const { receiver, seq } of arrivals) {
    if (seq < (highest.get(receiver) ?? 0)) reordered++;
    highest.set(receiver, Math.max(seq, highest.get(receiver) ?? 0));
  }
  return reordered;
}

void runProgram(
  createBench('bench:e2e', 'Measure from a sender to every receiver, through the whole local stack.').action(
    main,
  ),
);
