import { HOLD_MS } from '../../../lib/events/claimRoom';
import { relayWakes } from '../../../lib/events/relayWakes';
import type { ErasureNoteStore } from '../../../lib/ports/erasureNoteStore';
import type { EventCursorStore } from '../../../lib/ports/eventCursorStore';
import { Unavailable } from '../../../lib/ports/unavailable';
import type { Wake, WakeQueue } from '../../../lib/ports/wakeQueue';
import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import type { Lambda } from '../lambda';
import { between, type Random } from '../random';
import type { FickleSink } from './fickleSink';

/** An invocation works this long, in milliseconds: it often ends before its rooms do. */
const RUN_MS = 2_000;
/** A frozen invocation goes on after another run has claimed its room. */
const FROZEN_MS = HOLD_MS + 30_000;
const VISIBILITY_MS = 30_000;

export interface RelayFunction {
  /** Invokes the relay; gives the wakes that must come again. All of them if the invocation dies. */
  invoke(wakes: readonly Wake[]): Promise<readonly Wake[]>;
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

  /** A store whose calls take time and may be the last. */
  const faulty = <S extends object>(store: S, die: () => void): S =>
    new Proxy(store, {
      get(target, key) {
        const method = target[key as keyof S] as (...asked: unknown[]) => Promise<unknown>;
        return async (...asked: unknown[]) => {
          await clock.wait(between(random, 1, 8));
          if (dice.hits('databaseThrottled')) throw new Unavailable('Throttled.');
          if (dice.hits('invocationFreezes')) await clock.wait(FROZEN_MS);
          const value = await method(...asked);
          if (dice.hits('invocationCrashes')) {
            die();
            return new Promise(() => {});
          }
          if (dice.hits('databaseReplyLost')) throw new Unavailable('No reply.');
          return value;
        };
      },
    });

  const relay: RelayFunction = {
    invoke: (given) =>
      new Promise((resolve) => {
        const die = (): void => resolve(given);
        const readAt = new Map<string, number>();
        lambda
          .invoke(
            ({ log, clock: own, metrics, settings }) =>
              relayWakes(
                {
                  log: {
                    ...log,
                    readForward(room, ...asked) {
                      readAt.set(room, clock.now());
                      return log.readForward(room, ...asked);
                    },
                  },
                  ...{ clock: own, random, metrics, settings },
                  sink: sink.from((room) => readAt.get(room) ?? clock.now()),
                  cursors: faulty(parts.cursors, die),
                  erasureNotes: faulty(parts.erasureNotes, die),
                  wakes: faulty(relay.wakes, die),
                },
                given,
                own.now() + RUN_MS,
              ),
            die,
          )
          .then(resolve, die);
      }),
    wakes: {
      async enqueue(wake, delayMs) {
        const bring = async (): Promise<void> => {
          const failed = await relay.invoke([wake]);
          if (failed.length > 0) clock.after(VISIBILITY_MS, () => void bring());
        };
        clock.after(delayMs, () => void bring());
        if (dice.hits('invocationTwice')) clock.after(delayMs, () => void bring());
      },
    },
  };
  return relay;
}
