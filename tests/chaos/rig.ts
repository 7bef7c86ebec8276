import type { Hooks } from '../../local/hooks';
import { type Stack, startStack } from '../../local/stack';
import type { Random } from '../simulation/random';
import { type DatabaseEvents, startDatabaseProxy } from './databaseProxy';
import type { Dice } from './faults';
import { faultyInvocations, isOurs, whileMortal } from './invocations';
import { faultyPosts } from './posts';
import type { Timers } from './timers';
import { faultyTunnels } from './tunnels';

export interface RigOptions {
  dice: Dice;
  random: Random;
  timers: Timers;
  /** The stack's parameter: `own` or `sdk`. */
  awsClients?: string;
  written: DatabaseEvents['written'];
  /** A connection was forgotten although its socket is open. */
  forgotten(connectionId: string): void;
}

/** The local stack with faults at every place where it touches the network. */
export interface Rig {
  stack: Stack;
  /** Cuts every socket at once; tells how many there were. */
  cutAll(): number;
  /** Errors of functions that were not killed, with their counts. */
  failures: ReadonlyMap<string, number>;
  /** How long sends took that were not killed, in milliseconds. */
  answerMs: readonly number[];
  stop(): Promise<void>;
}

export async function startRig({
  dice,
  random,
  timers,
  awsClients = 'own',
  written,
  forgotten,
}: RigOptions): Promise<Rig> {
  const failures = new Map<string, number>();
  const stops: (() => Promise<void>)[] = [];
  let stack: Stack | undefined;

  const invocations = faultyInvocations(dice, random, timers, (functionName, event) => {
    if (!stack) throw new Error('Nothing is invoked before the stack has started.');
    return stack.invoke(functionName, event);
  });
  const tunnels = faultyTunnels(dice, random, timers);
  const hooks: Hooks = {
    invoke: invocations.hook,
    post: faultyPosts(dice, random, timers),
    tunnel: tunnels.tunnel,
    reply({ connectionId, data }, send) {
      if (invocations.isLive(connectionId)) dice.count(`reply ${kindOf(data)}`);
      if (!dice.hits('replyLost')) send();
    },
    async endpoint(service, url) {
      if (service !== 'database') return url;
      const events: DatabaseEvents = {
        written,
        forgotten: (id) => {
          if (invocations.isLive(id)) forgotten(id);
        },
      };
      const proxy = await startDatabaseProxy({ url, dice, random, timers, events });
      stops.push(() => proxy.stop());
      return `http://127.0.0.1:${proxy.port}`;
    },
  };
  const print = (line: string): void => {
    const failure = failureIn(line);
    if (failure && !isOurs(line)) failures.set(failure, (failures.get(failure) ?? 0) + 1);
  };
  const stop = async (): Promise<void> => {
    await stack?.stop();
    for (const each of stops) await each();
  };

  try {
    stack = await whileMortal(() =>
      startStack({ params: { awsClients }, hooks, print, limits: { retryDelayMs: 1_000 } }),
    );
    const { answerMs } = invocations;
    return { stack, cutAll: tunnels.cutAll, failures, answerMs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a line of a function's output tells of a failure; nothing if it only tells what was done. */
function failureIn(line: string): string | undefined {
  const [head = ''] = line.split('\n');
  if (!head.startsWith('{')) return head;
  const { level, message } = JSON.parse(head);
  return level === 'info' || level === 'debug' ? undefined : `${level}: ${message}`;
}

function kindOf(frame: string): string {
  const { type = 'of the gateway itself', code, duplicate } = JSON.parse(frame);
  return [type, code, duplicate && 'duplicate'].filter(Boolean).join(' ');
}
