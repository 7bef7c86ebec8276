import path from 'node:path';
import type { Invocation, Invoke } from '../../local/functions';
import type { Hooks } from '../../local/hooks';
import { between, type Random, whole } from '../simulation/random';
import type { Dice } from './faults';
import type { Timers } from './timers';

/** A send to a room of ten makes about seventeen: two for each call of the database, one for each post. */
const MOST_WRITES = 18;
const TWICE_MS = { from: 0, to: 5_000 };

export interface InvocationFaults {
  hook: NonNullable<Hooks['invoke']>;
  /** The gateway has this socket open. */
  isLive(connectionId: string): boolean;
  /** How long sends took that were not killed, in milliseconds. */
  answerMs: readonly number[];
}

/** Lambda as it can be: invocations die anywhere or come twice, and `$disconnect` is at best effort. */
export function faultyInvocations(
  dice: Dice,
  random: Random,
  timers: Timers,
  invoke: Invoke,
): InvocationFaults {
  const live = new Set<string>();
  const answerMs: number[] = [];

  const again = (run: () => Promise<unknown>): void =>
    timers.after(between(random, TWICE_MS.from, TWICE_MS.to), () => void run());

  return {
    isLive: (id) => live.has(id),
    answerMs,
    async hook({ functionName, event }, run): Promise<Invocation> {
      // One that is to die comes a second time, by way of `invoke`.
      if (isRecord(event) && 'diesAfter' in event) return run();
      dice.count('invocation');
      const { eventType, connectionId = '' } = contextOf(event);
      if (eventType === 'CONNECT') live.add(connectionId);
      if (eventType === 'DISCONNECT') {
        live.delete(connectionId);
        if (dice.hits('disconnectMissing')) return { ok: true, value: { statusCode: 200 } };
        if (dice.hits('disconnectTwice')) again(run);
      }
      if (eventType === 'MESSAGE' && dice.hits('invocationTwice')) again(run);
      if (!isRecord(event) || !dice.hits('invocationKilled')) {
        const began = performance.now();
        const outcome = await run();
        if (functionName.endsWith('sendMessage')) answerMs.push(performance.now() - began);
        return outcome;
      }

      const outcome = await invoke(functionName, { ...event, diesAfter: whole(random, 0, MOST_WRITES) });
      dice.count(`killed ${functionName.split('-').at(-1)}${placeOf(outcome)}`);
      return outcome;
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

/** What a killed invocation is told by, wherever it shows. */
export const isKilled = (text: string): boolean => text.includes('Killed ');

function placeOf(outcome: Invocation): string {
  return !outcome.ok && outcome.message.includes('before it returned') ? ', all done' : ', midway';
}

function contextOf(event: unknown): { eventType?: string; connectionId?: string } {
  return isRecord(event) && isRecord(event.requestContext) ? event.requestContext : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
