import path from 'node:path';
import type { Call, Hooks } from '../../local/hooks';
import type { Invocation, Invoke } from '../../local/lambda/functions';
import { between, type Random, whole } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';

/** A send to a room of ten makes about seventeen: two for each call of the database, one for each post. */
const MOST_WRITES = 18;
/** A connection silent for this long can be replaced by a new one of its user: the default of `presenceSeconds`. */
const LEASE_MS = 90_000;
const TWICE_MS = { from: 0, to: 5_000 };
/** So many handshakes at a time: API Gateway, too, refuses at once what is more than it takes. */
const MOST_HANDSHAKES = 20;
const TOO_MANY: Invocation = { ok: false, type: 'Refused', message: 'Too many handshakes.', trace: '' };
const NOTHING_DONE: Invocation = { ok: true, value: { statusCode: 200 } };

export interface InvocationFaults {
  hook: NonNullable<Hooks['invoke']>;
  /** The gateway has this socket open, and its client was heard within a lease. */
  isLive(connectionId: string): boolean;
  /** How long sends took that were not killed, in milliseconds. */
  answerMs: readonly number[];
}

type Run = () => Promise<Invocation>;

/** Lambda as it can be: invocations die anywhere or come twice, and `$disconnect` is at best effort. */
export function faultyInvocations(
  dice: Dice,
  random: Random,
  timers: Timers,
  invoke: Invoke,
): InvocationFaults {
  /** When each open socket's client was last heard. */
  const heard = new Map<string, number>();
  const answerMs: number[] = [];
  let handshakes = 0;

  const runOrKill = async ({ functionName, event }: Call, run: Run): Promise<Invocation> => {
    const name = functionName.split('-').at(-1);
    const began = performance.now();
    if (isRecord(event) && dice.hits('invocationKilled')) {
      const killed = await invoke(functionName, { ...event, diesAfter: whole(random, 0, MOST_WRITES) });
      dice.count(`killed ${name}${placeOf(killed)}`);
      return killed;
    }
    const outcome = await run();
    if (name === 'sendMessage') answerMs.push(performance.now() - began);
    return outcome;
  };

  const admit = async (call: Call, run: Run): Promise<Invocation> => {
    if (handshakes >= MOST_HANDSHAKES) {
      dice.count('handshake refused: too many at once');
      return TOO_MANY;
    }
    handshakes++;
    try {
      return await runOrKill(call, run);
    } finally {
      handshakes--;
    }
  };

  const again = (run: Run): void =>
    timers.after(between(random, TWICE_MS.from, TWICE_MS.to), () => void run());

  return {
    isLive: (id) => performance.now() - (heard.get(id) ?? Number.NEGATIVE_INFINITY) < LEASE_MS,
    answerMs,
    async hook(call, run) {
      const { event, functionName } = call;
      // An invocation that is to be killed comes a second time, through `invoke`.
      if (isRecord(event) && 'diesAfter' in event) return run();
      dice.count('invocation');
      if (functionName.endsWith('-authorize')) return admit(call, run);

      const { eventType, connectionId = '' } = contextOf(event);
      if (eventType === 'CONNECT') {
        const outcome = await runOrKill(call, run);
        if (letsIn(outcome)) heard.set(connectionId, performance.now());
        return outcome;
      }
      if (eventType === 'MESSAGE' && heard.has(connectionId)) heard.set(connectionId, performance.now());
      if (eventType === 'DISCONNECT') {
        heard.delete(connectionId);
        if (dice.hits('disconnectMissing')) return NOTHING_DONE;
        if (dice.hits('disconnectTwice')) again(run);
      }
      if (eventType === 'MESSAGE' && dice.hits('invocationTwice')) again(run);
      return runOrKill(call, run);
    },
  };
}

/** Runs something while every new process loads the module that lets invocations die. */
export async function whileMortal<T>(start: () => Promise<T>): Promise<T> {
  const { NODE_OPTIONS } = process.env;
  process.env.NODE_OPTIONS = `${NODE_OPTIONS ?? ''} --require "${path.join(__dirname, 'lives.cjs')}"`;
  try {
    return await start();
  } finally {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}

/** A line that tells of a fault of ours. */
export const isOurs = (line: string): boolean => /Killed |Too many handshakes/.test(line);

function placeOf(outcome: Invocation): string {
  return !outcome.ok && outcome.message.includes('before it returned') ? ', all done' : ', midway';
}

function letsIn(outcome: Invocation): boolean {
  return outcome.ok && isRecord(outcome.value) && outcome.value.statusCode === 200;
}

function contextOf(event: unknown): { eventType?: string; connectionId?: string } {
  return isRecord(event) && isRecord(event.requestContext) ? event.requestContext : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
