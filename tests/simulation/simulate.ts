import { hasPermission } from '../../lib/auth/permissions';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import type { Settings } from '../../lib/ports/settings';
import { parseServerFrame, type ServerMessage } from '../../lib/protocol';
import { SENDS_PER_SECOND } from '../../lib/rateLimiting/tokenBucket';
import { type Checker, createChecker, type Violation } from './checker';
import { createVirtualClock } from './clock';
import type { Concern, World } from './concern';
import { erasures } from './erasures';
import { createDice } from './faults';
import { type Client, createFleet } from './fleet';
import { createGateway } from './gateway';
import { timeHealing } from './healing';
import { kicks } from './kicks';
import { createLambda, FROZEN_MS } from './lambda';
import { pages } from './pages';
import { presences } from './presences';
import { between, pick, seeded } from './random';
import { retention } from './retention';
import { type Grants, rights } from './rights';
import type { Scenario } from './scenario';
import { cuts, encounters, leaves, sends } from './sends';
import { createStores, type Stores } from './stores';

const START = Date.UTC(2026, 0, 1);
/** After the faults have stopped and the last frozen invocation has ended, everyone must be whole within this, in milliseconds. */
const HEALS_MS = 60_000;
/** Then every joined client shows a new message within this, in milliseconds. */
const PROMPT_AGAIN_MS = 3_000;
const MAX_WAIT_MS = 15_000;
const LOOKS_EVERY_MS = 250;
const WORKER_TAKES_MS = 110_000;

/** What may happen in a run. The scenario says how often. */
const CONCERNS: readonly Concern[] = [
  sends,
  encounters,
  kicks,
  cuts,
  leaves,
  pages,
  rights,
  erasures,
  presences,
  retention,
];

/** What one seed did and what was wrong with it. */
export interface Outcome {
  seed: number;
  violations: Violation[];
  sends: number;
  acknowledged: number;
  shown: number;
  counts: Map<string, number>;
  /** The longest time from a commit to a joined client's screen, in milliseconds. */
  slowestMs: number;
  /** Milliseconds from the end of the faults until every client was up to date for good. */
  wholeMs: number;
}

/** Runs one scenario on the real core and the real client, under virtual time. */
export async function simulate(
  seed: number,
  scenario: Scenario,
  trace?: (line: string) => void,
): Promise<Outcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  const dice = createDice(random, scenario.rates);
  const checker = createChecker();
  const committed = new Map<string, number>();
  let stoppedAt: number | undefined;
  let wholeMs = 0;
  const stores = observed(createStores(), {
    written(room, entry) {
      checker.written(room, entry);
      committed.set(`${room}/${entry.seq}`, clock.now());
      if (stoppedAt !== undefined) timeWhole(stoppedAt);
    },
    forgotten(id) {
      if (gateway.isLive(id)) checker.report('forgotten', `${id} was forgotten while its socket was alive`);
    },
    cooledDown: (user) => checker.report('honestFlood', `${user} was taken for a flood`),
  });
  const settings: Settings = {
    logId: 'sim',
    sendsPerSecond: SENDS_PER_SECOND,
    userSendsPerSecond: 2 * SENDS_PER_SECOND,
    leaseMs: 90_000,
    editMs: 24 * 3_600_000,
    ...(scenario.retentionMs !== undefined && { retentionMs: scenario.retentionMs }),
  };
  const grants: Grants = new Map();
  const sentTwice = new Set<string>();
  const leftTwice = new Set<string>();
  const gateway = createGateway({
    onInvokedTwice(frame, user) {
      const { action, room, text } = JSON.parse(frame);
      if (action === 'sendMessage') sentTwice.add(text);
      if (action === 'leaveRoom') leftTwice.add(`${user} ${room}`);
    },
    clock,
    random,
    dice,
    lambda: () => lambda,
    trace: trace && ((user, what) => trace(`${((clock.now() - START) / 1000).toFixed(3)} ${user} ${what}`)),
    onArrival(connection, frame) {
      const message = parseServerFrame(frame);
      const room = message && 'room' in message ? message.room : undefined;
      if (!message || room === undefined) return;
      const user = connection.user.id;
      const entries = entriesIn(message);
      for (const { seq } of entries) checker.reached(user, room, seq);
      if (entries.length > 0 && !hasPermission(connection.permissions, 'read', room))
        checker.report('leak', `${user} may not read ${room}, and got ${message.type}`);
      if (message.type === 'ack' && !hasPermission(connection.permissions, 'write', room))
        checker.report('writtenWithoutRight', `${user} may not write to ${room}, and did at ${message.seq}`);
      if (message.type === 'message' && !fleet.hasEntered(user, room))
        checker.report('leak', `${user} got a frame of ${room}`);
    },
    onSendLost: scenario.sendersDie && ((user) => bury(user)),
  });
  const lambda = createLambda({
    clock,
    random,
    dice,
    stores,
    settings,
    skewMs: scenario.skewMs,
    crashesApartMs: scenario.crashesApartMs ?? 0,
    reusesNewest: scenario.reusesNewest,
    poster: gateway.poster,
    worker: {
      async enqueue(job) {
        clock.after(between(random, 20, 200), () => {
          void lambda
            .invoke(
              (context) => runFanOutJob(context, job, context.clock.now() + WORKER_TAKES_MS),
              () => {},
            )
            .catch(() => {});
        });
      },
    },
  });
  const fleet = createFleet({
    scenario,
    clock,
    random,
    dice,
    checker,
    stores,
    gateway,
    grants,
    writtenAt: (room, seq) => committed.get(`${room}/${seq}`),
  });
  const world: World = { scenario, clock, random, dice, checker, stores, gateway, lambda, fleet, grants };

  const timeWhole = (since: number): void =>
    timeHealing(clock, fleet.isWhole, () => {
      wholeMs = Math.max(wholeMs, clock.now() - since);
    });

  /** Leaves at least two users, so that others see what the dead one sent. */
  const bury = (user: string): void => {
    const dead = fleet.clientsOf(user);
    if (dead.length === 0 || fleet.clients.length - dead.length < 2) return;
    dice.count('sender gone for good');
    for (const client of dead) fleet.close(client);
  };

  for (let i = 0; i < scenario.clients; i++) {
    const user = { id: `u${i}`, name: `User ${i}` };
    const { device } = fleet.start(user);
    if (i === 0) for (let tab = 1; tab < scenario.tabs; tab++) fleet.start(user, device);
  }
  const checks = CONCERNS.map((concern) => concern(world));

  await clock.runUntil(START + scenario.lastsMs);
  dice.stop();
  stoppedAt = clock.now();
  timeWhole(stoppedAt);
  await clock.runUntil(START + scenario.lastsMs + FROZEN_MS + HEALS_MS);
  checkEnds(world);
  stoppedAt = undefined;
  await expectPromptness(world, (user, room) => leftTwice.has(`${user} ${room}`));

  for (const { room, text } of checker.refusedButWritten())
    if (!sentTwice.has(text))
      checker.report('falseRefusal', `"${text}" was called refused, and is in ${room}`);
  for (const check of checks) check?.();
  for (const client of fleet.clients) fleet.close(client);
  return {
    seed,
    violations: checker.violations,
    sends: checker.sends,
    counts: dice.counts,
    wholeMs,
    ...fleet.totals,
  };
}

/** Every send has ended, in order, and every client is up to date. */
function checkEnds({ checker, fleet }: World): void {
  for (const { name, open, chat, asked, sent } of fleet.clients) {
    if (open > 0) checker.report('stuck', `${open} sends of ${name} have neither an answer nor an end`);
    for (const room of asked) {
      const { cursor, state } = chat.room(room).snapshot;
      if (cursor !== checker.head(room))
        checker.report('stuck', `${name} is at ${cursor} of ${checker.head(room)} in ${room} (${state})`);
    }
    for (const [room, seqs] of sent) {
      const ended = seqs.filter((seq) => seq > 0);
      if (ended.some((seq, i) => i > 0 && seq <= (ended[i - 1] ?? 0)))
        checker.report('ownOrder', `${name}'s sends to ${room} are at ${ended.join(', ')}`);
    }
  }
}

/**
 * A last message in each room reaches every joined client at once: not only by its next ping. A leave that was invoked
 * a second time, long after the reply to the first, may have left its client to the pings.
 */
async function expectPromptness(
  { clock, random, dice, checker, fleet, scenario }: World,
  isLeftTwice: (user: string, room: string) => boolean,
): Promise<void> {
  const isJoined = ({ chat, user }: Client, room: string) =>
    chat.room(room).snapshot.state === 'joined' && !isLeftTwice(user.id, room);
  const told = scenario.rooms.map((room) => ({
    room,
    clients: fleet.clients.filter((client) => isJoined(client, room)),
    text: `the last of all in ${room}`,
  }));
  for (const { room, clients, text } of told)
    if (clients.length > 0) clock.after(0, () => fleet.say(pick(random, clients), room, text));
  const isWritten = () =>
    told.every(({ room, clients, text }) => clients.length === 0 || checker.seqOf(room, text) !== undefined);
  // Where clocks differ by seconds, a bucket may make a sender wait.
  const latest = clock.now() + MAX_WAIT_MS;
  while (!isWritten() && clock.now() < latest) await clock.runUntil(clock.now() + LOOKS_EVERY_MS);
  await clock.runUntil(clock.now() + PROMPT_AGAIN_MS);
  for (const { room, clients } of told)
    for (const client of clients) {
      dice.count('prompt after healing');
      if (client.chat.room(room).snapshot.cursor !== checker.head(room))
        checker.report('late', `${client.name} did not show the last message of ${room} in time`);
    }
}

/** The log's entries in a frame. */
function entriesIn(message: ServerMessage): readonly { seq: number }[] {
  if (message.type === 'joined' || message.type === 'history') return message.messages;
  return message.type === 'message' || message.type === 'system' ? [message] : [];
}

/** What the stores tell the checker. */
interface Observer {
  written: Checker['written'];
  forgotten(id: string): void;
  cooledDown(user: string): void;
}

/** Tells of every row the moment it is written, and of every connection the moment it is forgotten. */
function observed(stores: Stores, on: Observer): Stores {
  const { log, connections, users } = stores;
  return {
    ...stores,
    log: {
      ...log,
      async put(room, entry) {
        const outcome = await log.put(room, entry);
        if (outcome === 'written') on.written(room, entry);
        return outcome;
      },
    },
    connections: {
      ...connections,
      async close(id) {
        on.forgotten(id);
        return connections.close(id);
      },
    },
    users: {
      ...users,
      async startCooldown(user, until) {
        on.cooledDown(user);
        return users.startCooldown(user, until);
      },
    },
  };
}
