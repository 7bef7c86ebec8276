import { createSlowReaders } from '../../lib/fanOut/slowReaders';
import { logWithGone } from '../../lib/log/logWithGone';
import { logWithMentions } from '../../lib/log/logWithMentions';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import { createRoomRulesCache } from '../../lib/moderation/roomRules';
import type { Clock } from '../../lib/ports/clock';
import type {
  BackEndContext,
  DecisionContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  RoomBanContext,
  UnreadContext,
  UserContext,
} from '../../lib/ports/contexts';
import type { FanOutQueue } from '../../lib/ports/fanOutQueue';
import type { Poster } from '../../lib/ports/poster';
import type { RetryAfterCache } from '../../lib/ports/retryAfterCache';
import type { Reviewer } from '../../lib/ports/reviewer';
import type { Settings } from '../../lib/ports/settings';
import { Unavailable } from '../../lib/ports/unavailable';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { createRetryAfterCache } from '../../lib/rateLimiting/retryAfterCache';
import { createUnitQuota } from '../../lib/rateLimiting/unitQuota';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import type { VirtualClock } from './clock';
import { CRASH_POINTS, type CrashPoint, type Dice } from './faults';
import { inBatches } from './inBatches';
import { between, pick, type Random, whole } from './random';
import type { Stores } from './stores';
import type { Table } from './tables';

/** An invocation that freezes goes on after this, in milliseconds. */
export const FROZEN_MS = 30_000;
const HANGS_MS = 3_000;

/** Stores in memory consume no units. */
const FREE_OF_CHARGE = { take: () => ({ read: 0, write: 0 }) };

/** What handlers work with in the simulation: erasures and moderators change more. */
export type SimulatedContext = BackEndContext &
  UserContext &
  RoomBanContext &
  DraftContext &
  FollowContext &
  UnreadContext &
  ListedMemberContext &
  DecisionContext &
  Pick<Stores, 'connections' | 'reactions' | 'roomSettings' | 'restrictions' | 'reports' | 'held'>;

/** What a handler works with besides its context. */
export interface Invoked {
  /** A further store, as the invocation sees it: its calls have every fault, and after each the invocation may end. */
  faulty<S extends object>(store: S): S;
  /** Settles if the invocation has not died; it may freeze first. */
  goesOn(): Promise<void>;
}

export type Handler<T> = (context: SimulatedContext, invoked: Invoked) => Promise<T>;

/** Runs handlers as Lambda does: one invocation a container at a time, each container with its clock and memory. */
export interface Lambda {
  /** Runs a handler; the promise never settles when the invocation dies. */
  invoke<T>(run: Handler<T>, onDeath: () => void): Promise<T>;
}

/** Invokes a handler. Gives nothing if it dies or throws. */
export function tryToInvoke<T>(lambda: Lambda, run: Handler<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const fail = (): void => resolve(undefined);
    lambda.invoke(run, fail).then(resolve, fail);
  });
}

/** After a call of a store that the guarantees do not number: each call throws the dice. */
const AFTER_ANY_CALL = 'after any call';

type Place = CrashPoint | typeof AFTER_ANY_CALL;

interface Container {
  clock: Clock;
  table: Table;
  recentLogs: BackEndContext['recentLogs'];
  slowReaders: BackEndContext['slowReaders'];
  retryAfterCache: RetryAfterCache;
  rulesCache: BackEndContext['rulesCache'];
  unitQuota: BackEndContext['unitQuota'];
  floodDetector: BackEndContext['floodDetector'];
}

interface Invocation {
  container: Container;
  began: number;
  dead: boolean;
  /** Marks a place the invocation has come to; it may die there, or freeze for a while. */
  reach(place: Place | undefined): Promise<void>;
}

export interface LambdaOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  stores: Stores;
  poster: Poster;
  settings: Settings;
  /** The table that a container works with from its start on, where another one may take its place. */
  table?: () => Table;
  worker: FanOutQueue;
  /** Has words reviewed. */
  reviewer?: Reviewer;
  /** Containers' clocks are up to this far off, in milliseconds. */
  skewMs: number;
  /** Invocations die at this place only; else at any. */
  diesAt?: CrashPoint | undefined;
  /** At least this long between two crashes, in milliseconds. */
  crashesApartMs: number;
  /** An invocation that freezes goes on after this, in milliseconds; else after FROZEN_MS. */
  frozenMs?: number | undefined;
  /** The container that ended last is used next, as Lambda does; else any of them. */
  reusesNewest?: boolean | undefined;
  /** Sees what an invocation posts or returns, and when that invocation began. */
  onTold?: ((told: unknown, began: number) => void) | undefined;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { clock, random, dice, stores, settings } = options;
  const own: Table = { logId: settings.logId, log: stores.log };
  const { table = () => own, frozenMs = FROZEN_MS } = options;
  let idle: Container[] = [];
  let lastCrash = Number.NEGATIVE_INFINITY;

  const start = (): Container => {
    const skew = Math.round(between(random, -options.skewMs, options.skewMs));
    const ownClock = { now: () => clock.now() + skew, wait: clock.wait };
    return {
      clock: ownClock,
      table: table(),
      recentLogs: createRecentLogCache(),
      slowReaders: createSlowReaders(),
      retryAfterCache: createRetryAfterCache(),
      rulesCache: createRoomRulesCache(),
      unitQuota: createUnitQuota({
        meter: FREE_OF_CHARGE,
        store: stores.sendQuotas,
        clock: ownClock,
        random,
        userSendsPerSecond: settings.userSendsPerSecond,
      }),
      floodDetector: createFloodDetector(5),
    };
  };

  const begin = (onDeath: () => void): Invocation => {
    idle = idle.filter((container) => container.table === table());
    const newest = idle.length - 1;
    const place = options.reusesNewest ? newest : whole(random, 0, newest);
    const warm = idle.length > 0 && random() < 0.9 ? idle.splice(place, 1)[0] : undefined;
    const mayDie = (): boolean => clock.now() - lastCrash >= options.crashesApartMs;
    const dies =
      mayDie() && dice.hits('invocationCrashes') ? (options.diesAt ?? pick(random, CRASH_POINTS)) : undefined;
    let stepsToFreeze = dice.hits('invocationFreezes') ? whole(random, 1, 8) : 0;
    const invocation: Invocation = {
      container: warm ?? start(),
      began: clock.now(),
      dead: false,
      async reach(place) {
        if (invocation.dead) return new Promise(() => {});
        const isAnyCall = place === AFTER_ANY_CALL;
        if (isAnyCall ? mayDie() && dice.hits('invocationCrashes') : place !== undefined && place === dies) {
          invocation.dead = true;
          lastCrash = clock.now();
          dice.count(`crash ${place}`);
          onDeath();
          return new Promise(() => {});
        }
        const freezes = isAnyCall && dice.hits('invocationFreezes');
        if (freezes || (stepsToFreeze > 0 && --stepsToFreeze === 0)) await clock.wait(frozenMs);
      },
    };
    return invocation;
  };

  return {
    async invoke(run, onDeath) {
      const invocation = begin(onDeath);
      const result = await run(...worldOf(invocation, options));
      await invocation.reach('8 posted, before the return');
      options.onTold?.(result, invocation.began);
      idle.push(invocation.container);
      return result;
    },
  };
}

/** What one invocation works with: every call takes time, may fail, and may be the last. */
function worldOf(invocation: Invocation, options: LambdaOptions): Parameters<Handler<unknown>> {
  const { clock, random, dice, stores } = options;
  let posts = 0;
  let hasCalled = false;
  let hasPut = false;

  const call = async <T>(
    run: () => Promise<T>,
    places: { before?: Place | undefined; after?: Place | undefined } = {},
  ): Promise<T> => {
    await invocation.reach(hasCalled ? undefined : '1 before any read');
    hasCalled = true;
    await invocation.reach(places.before);
    await clock.wait(between(random, 1, 8));
    if (invocation.dead) return new Promise(() => {});
    if (dice.hits('databaseThrottled')) throw new Unavailable('Throttled.');
    const hangs = dice.hits('databaseHangs');
    const isApplied = !hangs || random() < 0.5;
    let value = isApplied ? await run() : undefined;
    // The adapter repeated a call whose reply it had lost.
    if (isApplied && dice.hits('databaseTwice')) value = await run();
    if (hangs) await clock.wait(HANGS_MS);
    await clock.wait(between(random, 1, 8));
    await invocation.reach(places.after);
    if (hangs || dice.hits('databaseReplyLost')) throw new Unavailable('No reply.');
    return value as T;
  };

  /** A store whose calls go through `call`, but for some; `after` is a place after each of them. */
  const through = <S extends object>(store: S, others: Partial<S> = {}, after?: Place): S =>
    new Proxy(store, {
      get(_store, key) {
        const name = key as keyof S;
        const method = store[name] as (...asked: unknown[]) => Promise<unknown>;
        return others[name] ?? ((...asked: unknown[]) => call(() => method(...asked), { after }));
      },
    });

  const { connections, members, memberships } = stores;
  const gone = through(stores.gone);
  const { reviewer } = options;
  const { logId, log } = invocation.container.table;
  const context: SimulatedContext = {
    ...(reviewer && {
      review: {
        reviewer: {
          async ask(request) {
            await invocation.reach(undefined);
            return reviewer.ask(request);
          },
        },
        verdicts: through(stores.verdicts),
        held: through(stores.held),
      },
    }),
    clock: invocation.container.clock,
    recentLogs: invocation.container.recentLogs,
    slowReaders: invocation.container.slowReaders,
    retryAfterCache: invocation.container.retryAfterCache,
    rulesCache: invocation.container.rulesCache,
    unitQuota: invocation.container.unitQuota,
    floodDetector: invocation.container.floodDetector,
    random,
    metrics: createInvocationMetrics(),
    settings: { ...options.settings, logId },
    fanOutQueue: { enqueue: (job) => call(() => options.worker.enqueue(job)) },
    poster: {
      close: (connection) => options.poster.close(connection),
      prepare(frame) {
        options.onTold?.(JSON.parse(frame), invocation.began);
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
    gone,
    messageCounts: through(stores.messageCounts),
    log: logWithMentions(
      logWithGone(
        through(log, {
          put: async (...asked) => {
            const outcome = await call(() => log.put(...asked), {
              before: '3 before the put leaves',
              after: '4 put applied, reply lost',
            });
            hasPut = true;
            return outcome;
          },
          readRows: (room, seqs, now) =>
            inBatches(seqs, options, (part) => call(() => log.readRows(room, part, now))),
          roomsBeyond: (seqs) =>
            inBatches([...seqs], options, (part) => call(() => log.roomsBeyond(new Map(part)))),
        }),
        gone,
      ),
      through(stores.mentions),
      clock,
    ),
    drafts: through(stores.drafts),
    follows: through(stores.follows),
    memberships: through(memberships, {
      findRooms: (user, rooms) =>
        inBatches(rooms, options, async (part) => [
          ...(await call(() => memberships.findRooms(user, part))),
        ]).then((found) => new Set(found)),
    }),
    reports: through(stores.reports),
    held: through(stores.held),
    reactions: through(stores.reactions),
    connections: through(connections, {
      open: (...asked) =>
        call(() => connections.open(...asked), { after: '9 connection row written, connect not answered' }),
      charge: (...asked) => call(() => connections.charge(...asked), { after: '2 after the charge' }),
      join: (...asked) =>
        call(() => connections.join(...asked), {
          after: '10 connection in the room, member row not written',
        }),
      find: (ids) => inBatches(ids, options, (part) => call(() => connections.find(part))),
    }),
    sendQuotas: through(stores.sendQuotas),
    idempotency: through(stores.idempotency),
    users: through(stores.users),
    roomBans: through(stores.roomBans),
    roomSettings: through(stores.roomSettings),
    restrictions: through(stores.restrictions),
    members: through(members, {
      async *list(...asked) {
        const point = hasPut ? '5 after the put, before the members are read' : undefined;
        const pages = await call(async () => collect(members.list(...asked)), { before: point });
        yield* pages;
      },
    }),
  };
  const invoked: Invoked = {
    faulty: (store) => through(store, {}, AFTER_ANY_CALL),
    goesOn: () => invocation.reach(undefined),
  };
  return [context, invoked];
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
