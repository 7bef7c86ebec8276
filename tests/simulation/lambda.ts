import { createMemory } from '../../lib/log/recentLogCache';
import {
  type Clock,
  type Guarded,
  type Metered,
  type Poster,
  type Publisher,
  type Settings,
  Unavailable,
  type Worker,
} from '../../lib/ports/ports';
import { createFloodWatch } from '../../lib/rateLimiting/floodDetector';
import { type Brake, createBrake } from '../../lib/rateLimiting/retryAfterCache';
import { createTally } from '../../lib/telemetry/invocationMetrics';
import type { VirtualClock } from './clock';
import { CRASH_POINTS, type CrashPoint, type Dice } from './faults';
import { between, pick, type Random, whole } from './random';
import type { Stores } from './stores';

/** An invocation that freezes goes on after this, in milliseconds. */
export const FROZEN_MS = 30_000;
const HANGS_MS = 3_000;

/** Runs handlers as Lambda does: one invocation a container at a time, each container with its clock and memory. */
export interface Lambda {
  /** Runs a handler; the promise never settles when the invocation dies. */
  invoke<T>(run: (world: Publisher & Metered & Guarded) => Promise<T>, onDeath: () => void): Promise<T>;
}

interface Container {
  clock: Clock;
  memory: Publisher['memory'];
  brake: Brake;
  floods: Publisher['floods'];
}

interface Invocation {
  container: Container;
  dead: boolean;
  /** Marks a place the invocation has come to; it may die there, or freeze for a while. */
  reach(point: CrashPoint | undefined): Promise<void>;
}

export interface LambdaOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  stores: Stores;
  poster: Poster;
  settings: Settings;
  worker: Worker;
  /** Containers' clocks are up to this far off, in milliseconds. */
  skewMs: number;
  /** At least this long between two crashes, in milliseconds. */
  crashesApartMs: number;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { clock, random, dice } = options;
  const idle: Container[] = [];
  let lastCrash = Number.NEGATIVE_INFINITY;

  const start = (): Container => {
    const skew = Math.round(between(random, -options.skewMs, options.skewMs));
    return {
      clock: { now: () => clock.now() + skew, wait: clock.wait },
      memory: createMemory(),
      brake: createBrake(),
      floods: createFloodWatch(5),
    };
  };

  const begin = (onDeath: () => void): Invocation => {
    const warm =
      idle.length > 0 && random() < 0.9 ? idle.splice(whole(random, 0, idle.length - 1), 1)[0] : undefined;
    const mayDie = clock.now() - lastCrash >= options.crashesApartMs;
    const dies = mayDie && dice.hits('invocationCrashes') ? pick(random, CRASH_POINTS) : undefined;
    let stepsToFreeze = dice.hits('invocationFreezes') ? whole(random, 1, 8) : 0;
    const invocation: Invocation = {
      container: warm ?? start(),
      dead: false,
      async reach(point) {
        if (point !== undefined && point === dies && !invocation.dead) {
          invocation.dead = true;
          lastCrash = clock.now();
          dice.count(`crash ${point}`);
          onDeath();
        }
        if (invocation.dead) return new Promise(() => {});
        if (stepsToFreeze > 0 && --stepsToFreeze === 0) await clock.wait(FROZEN_MS);
      },
    };
    return invocation;
  };

  return {
    async invoke(run, onDeath) {
      const invocation = begin(onDeath);
      const result = await run(worldOf(invocation, options));
      await invocation.reach('8 posted, before the return');
      idle.push(invocation.container);
      return result;
    },
  };
}

/** The world as one invocation sees it: every call takes time, may fail, and may be the last. */
function worldOf(invocation: Invocation, options: LambdaOptions): Publisher & Metered & Guarded {
  const { clock, random, dice, stores } = options;
  let posts = 0;
  let hasCalled = false;
  let hasPut = false;

  const call = async <T>(
    run: () => Promise<T>,
    points: { before?: CrashPoint | undefined; after?: CrashPoint | undefined } = {},
  ): Promise<T> => {
    await invocation.reach(hasCalled ? undefined : '1 before any read');
    hasCalled = true;
    await invocation.reach(points.before);
    await clock.wait(between(random, 1, 8));
    if (invocation.dead) return new Promise(() => {});
    if (dice.hits('databaseThrottled')) throw new Unavailable('Throttled.');
    const hangs = dice.hits('databaseHangs');
    const isApplied = !hangs || random() < 0.5;
    const value = isApplied ? await run() : undefined;
    if (hangs) await clock.wait(HANGS_MS);
    await clock.wait(between(random, 1, 8));
    await invocation.reach(points.after);
    if (hangs || dice.hits('databaseReplyLost')) throw new Unavailable('No reply.');
    return value as T;
  };

  const { log, connections, members, users, authors } = stores;
  return {
    clock: invocation.container.clock,
    memory: invocation.container.memory,
    brake: invocation.container.brake,
    floods: invocation.container.floods,
    random,
    tally: createTally(),
    settings: options.settings,
    worker: { handOver: (job) => call(() => options.worker.handOver(job)) },
    poster: {
      close: (connection) => options.poster.close(connection),
      prepare(frame) {
        const post = options.poster.prepare(frame);
        return async (connection) => {
          posts++;
          if (posts === 1) await invocation.reach('6 members read, nothing posted');
          if (posts === 2) await invocation.reach('7 midway through the posts');
          if (invocation.dead) return new Promise(() => {});
          return post(connection);
        };
      },
    },
    log: {
      up: (...asked) => call(() => log.up(...asked)),
      down: (...asked) => call(() => log.down(...asked)),
      slots: (...asked) => call(() => log.slots(...asked)),
      put: async (...asked) => {
        const outcome = await call(() => log.put(...asked), {
          before: '3 before the put leaves',
          after: '4 put applied, reply lost',
        });
        hasPut = true;
        return outcome;
      },
      expire: (...asked) => call(() => log.expire(...asked)),
      reached: (...asked) => call(() => log.reached(...asked)),
    },
    connections: {
      open: (...asked) =>
        call(() => connections.open(...asked), { after: '9 connection row written, connect not answered' }),
      close: (...asked) => call(() => connections.close(...asked)),
      charge: (...asked) => call(() => connections.charge(...asked), { after: '2 after the charge' }),
      enter: (...asked) => call(() => connections.enter(...asked)),
      leave: (...asked) => call(() => connections.leave(...asked)),
      renew: (...asked) => call(() => connections.renew(...asked)),
      expel: (...asked) => call(() => connections.expel(...asked)),
      shut: (...asked) => call(() => connections.shut(...asked)),
      bar: (...asked) => call(() => connections.bar(...asked)),
      pardon: (...asked) => call(() => connections.pardon(...asked)),
      isIn: (...asked) => call(() => connections.isIn(...asked)),
      present: (...asked) => call(() => connections.present(...asked)),
    },
    authors: {
      charge: (...asked) => call(() => authors.charge(...asked)),
      giveBack: (...asked) => call(() => authors.giveBack(...asked)),
      keepAfter: (...asked) => call(() => authors.keepAfter(...asked)),
    },
    users: {
      arrive: (...asked) => call(() => users.arrive(...asked)),
      holdOff: (...asked) => call(() => users.holdOff(...asked)),
      dismiss: (...asked) => call(() => users.dismiss(...asked)),
      ban: (...asked) => call(() => users.ban(...asked)),
      lift: (...asked) => call(() => users.lift(...asked)),
      bans: (...asked) => call(() => users.bans(...asked)),
    },
    members: {
      add: (...asked) => call(() => members.add(...asked)),
      remove: (...asked) => call(() => members.remove(...asked)),
      evict: (...asked) => call(() => members.evict(...asked)),
      async *list(...asked) {
        const point = hasPut ? '5 after the put, before the members are read' : undefined;
        const pages = await call(async () => collect(members.list(...asked)), { before: point });
        yield* pages;
      },
    },
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
