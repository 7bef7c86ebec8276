import { randomBytes } from 'node:crypto';
import { printable } from '../../cli/terminal/terminalText';
import { createCrowd } from './crowd';
import { createJudge, type Faults, type Judge } from './judge';
import type { LoadOptions } from './options';

const TELLS_EVERY_MS = 5_000;
/** Sends begin this often; as many at a time as the rate asks for. */
const TICK_MS = 20;
/** The run ends after this time without an arrival. */
const PATIENCE_MS = 60_000;

/** The result of a run. */
export interface Outcome {
  judge: Judge;
  /** Messages acknowledged a second, from the first send to the last answer. */
  ackedPerSecond: number;
  heldBack: number;
  refused: ReadonlyMap<string, number>;
  /** No message is missing, doubled or in another order. */
  isClean: boolean;
}

/** Calls during a run. */
export interface Progress {
  tell(line: string): void;
  /** All clients joined, and the sends begin. */
  began?(): void;
  /** No message is under way any more. */
  ended?(): void;
}

/** Sends from all clients for the given time and reports. */
export async function runLoad(
  options: LoadOptions & { url: URL },
  { tell, began: talkBegan, ended }: Progress,
): Promise<Outcome> {
  const judge = createJudge();
  const run = randomBytes(4).toString('hex');
  const crowd = createCrowd({ ...options, judge, run });
  const began = performance.now();
  const status = setInterval(() => tell(statusOf(judge, crowd.connected, began)), TELLS_EVERY_MS);
  try {
    await crowd.enter();
    tell(`${crowd.connected} clients are in ${options.rooms} rooms; ${options.rate} messages a second now.`);
    talkBegan?.();
    const talking = performance.now();
    await talk(options, crowd.say);
    await drained(judge);
    ended?.();
    const ackedPerSecond = (judge.acked * 1000) / (performance.now() - talking);
    judge.end();
    tell(statusOf(judge, crowd.connected, began));
    const { heldBack, refused } = crowd;
    return {
      judge,
      ackedPerSecond,
      heldBack,
      refused,
      isClean: isClean(judge.faults) && judge.acked === judge.sent,
    };
  } finally {
    clearInterval(status);
    crowd.close();
  }
}

/** Starts sends at an even rate, independent of earlier ones. */
async function talk({ rate, minutes }: LoadOptions, say: () => void): Promise<void> {
  const began = performance.now();
  const total = Math.round(rate * minutes * 60);
  for (let begun = 0; begun < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    for (; begun < due; begun++) say();
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

/** Waits until no message is under way, or nothing arrives any more: late is not lost. */
async function drained(judge: Judge): Promise<void> {
  let seen = -1;
  let deadline = 0;
  while (judge.underWay > 0) {
    const now = performance.now();
    const came = judge.shown + judge.acked;
    if (came !== seen) deadline = now + PATIENCE_MS;
    else if (now >= deadline) return;
    seen = came;
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

function statusOf(
  { sent, acked, shown, underWay, ackMs, lastMs, faults }: Judge,
  connected: number,
  began: number,
) {
  const seconds = Math.round((performance.now() - began) / 1000);
  const faulty = Object.entries(faults).map(([what, count]) => `${what} ${count}`);
  return [
    `${seconds} s`,
    `${connected} connected`,
    `sent ${sent}, acknowledged ${acked}, shown ${shown}, under way ${underWay}`,
    `ack p50 ${whole(ackMs.at(0.5))} p99 ${whole(ackMs.at(0.99))} ms`,
    `last receiver p50 ${whole(lastMs.at(0.5))} p99 ${whole(lastMs.at(0.99))} ms`,
    faulty.join(', '),
  ].join(' | ');
}

/** Prints the result of a run. */
export function printOutcome(outcome: Outcome): void {
  const { judge, ackedPerSecond, heldBack, refused, isClean: clean } = outcome;
  const { sent, acked, shown, ackMs, lastMs, faults } = judge;
  console.log(`\nsent ${sent}, acknowledged ${acked} (${whole(ackedPerSecond)} a second), shown ${shown}`);
  for (const [what, times] of [
    ['send to acknowledgement', ackMs],
    ['send to the last receiver', lastMs],
  ] as const)
    console.log(
      `${what}: ${[0.5, 0.9, 0.99, 0.999].map((part) => `p${part * 100} ${whole(times.at(part))} ms`).join(', ')}`,
    );
  if (heldBack > 0)
    console.log(
      `The stack did not keep up with the rate: ${heldBack} sends were skipped, because too many waited for an answer.`,
    );
  for (const [code, count] of refused) console.log(`${count} sends ended with ${printable(code)}`);
  console.log(
    `lost ${faults.lost}, doubled ${faults.doubled}, reordered ${faults.reordered}, misplaced ${faults.misplaced}`,
  );
  console.log(
    clean
      ? 'Every message reached every client, once and in order.'
      : 'Promises were broken, or sends refused.',
  );
}

function isClean(faults: Faults): boolean {
  return Object.values(faults).every((count) => count === 0);
}

const whole = (ms: number) => (ms >= 10 ? String(Math.round(ms)) : ms.toFixed(1));
