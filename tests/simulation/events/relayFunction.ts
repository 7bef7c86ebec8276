import type { RelayContext } from '../../../lib/events/relayContext';
import { relayWakes } from '../../../lib/events/relayWakes';
import type { ErasureNoteStore } from '../../../lib/ports/erasureNoteStore';
import type { EventCursorStore } from '../../../lib/ports/eventCursorStore';
import type { Wake, WakeQueue } from '../../../lib/ports/wakeQueue';
import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import type { Lambda } from '../lambda';
import { between, type Random } from '../random';
import type { FickleSink } from './fickleSink';

/** An invocation for the queue works this long at most, in milliseconds: longer than a page is fresh. */
const QUEUE_RUN_MS = 10_000;
const VISIBILITY_MS = 30_000;

export interface RelayFunction {
  /** Invokes the relay for a time; gives the wakes that must come again. All of them if the invocation dies. */
  invoke(wakes: readonly Wake[], runMs: number): Promise<readonly Wake[]>;
  /** Queues wakes: it brings each until the relay has taken it. */
  wakes: WakeQueue;
}

interface Parts {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  lambda: Lambda;
  sink: FickleSink;
  cursors: EventCursorStore;
  erasureNotes: ErasureNoteStore;
}

/** The function `relay` and its queue: every call of a store may fail, and an invocation may die at each. */
export function createRelayFunction(parts: Parts): RelayFunction {
  const { clock, random, dice, lambda, sink } = parts;

  const relay: RelayFunction = {
    invoke: (given, runMs) =>
      new Promise((resolve) => {
        const die = (): void => resolve(given);
        const readAt = new Map<string, number>();
        lambda
          .invoke(({ log, clock: own, metrics, settings }, { faulty, goesOn }) => {
            const { send } = sink.from((room) => readAt.get(room) ?? clock.now());
            const context = {
              log: {
                ...log,
                readForward(room, ...asked) {
                  readAt.set(room, clock.now());
                  return log.readForward(room, ...asked);
                },
              },
              ...{ clock: own, random, metrics, settings },
              sink: {
                async send(event) {
                  await goesOn();
                  return send(event);
                },
              },
              cursors: faulty(parts.cursors),
              erasureNotes: faulty(parts.erasureNotes),
              wakes: faulty(relay.wakes),
            } satisfies RelayContext;
            return relayWakes(context, given, own.now() + runMs);
          }, die)
          .then(resolve, die);
      }),
    wakes: {
      async enqueue(wake, delayMs) {
        const bring = async (): Promise<void> => {
          const failed = await relay.invoke([wake], between(random, 1_000, QUEUE_RUN_MS));
          if (failed.length > 0) clock.after(VISIBILITY_MS, () => void bring());
        };
        clock.after(delayMs, () => void bring());
        if (dice.hits('invocationTwice')) clock.after(delayMs, () => void bring());
      },
    },
  };
  return relay;
}
