import { hasPermission } from '../../lib/auth/permissions';
import type { Settings } from '../../lib/ports/settings';
import type { ServerMessage } from '../../lib/protocol';
import { SENDS_PER_SECOND } from '../../lib/rateLimiting/tokenBucket';
import { createCanaries } from './changes/canaries';
import { changes, MODERATOR } from './changes/changes';
import { marks } from './changes/marks';
import { type Checker, createChecker } from './checker';
import { createVirtualClock } from './clock';
import type { Concern, World } from './concern';
import { crowds } from './crowds';
import { erasures } from './erasures';
import { createFanOutWorkers } from './fanOutWorkers';
import { createDice } from './faults';
import { createFleet } from './fleet';
import { createFrameReader } from './frameReader';
import { createGateway } from './gateway';
import { timeHealing } from './healing';
import { kicks } from './kicks';
import { createLambda, FROZEN_MS } from './lambda';
import { listeners } from './listeners';
import { pages } from './pages';
import { MAX_SKEW_MS, presences } from './presences';
import { expectShown, HEARTBEAT_MS, healLeaves, PROMPT_AGAIN_MS } from './promptness';
import { seeded } from './random';
import { restores } from './restores';
import { retention } from './retention';
import { type Grants, rights } from './rights';
import type { Scenario } from './scenario';
import { cuts, encounters, leaves, sends } from './sends';
import { signIns } from './signIns';
import { createStores, type Stores } from './stores';
import { createTables } from './tables';
import type { Outcome } from './totals';

const START = Date.UTC(2026, 0, 1);
/** After the faults have stopped and the last frozen invocation has ended, everyone must be whole within this, in milliseconds. */
const HEALS_MS = 60_000;
/** A backlog lets at least one message out in this time: a bucket seems emptier where clocks differ, in milliseconds. */
const BACKLOG_MS = 2_000;

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
  crowds,
  listeners,
  restores,
  signIns,
  changes,
  marks,
];

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
    changed: (room, seq) => canaries?.changed(room, seq),
    counted(room, seq) {
      checker.report('miscounted', `${room}/${seq} is deleted, and counts`);
    },
    written(room, entry) {
      checker.written(room, entry);
      canaries?.written(room, entry);
      committed.set(`${room}/${entry.seq}`, clock.now());
      if (stoppedAt !== undefined) timeWhole(stoppedAt);
    },
    forgotten(id) {
      if (gateway.isLive(id)) checker.report('forgotten', `${id} was forgotten while its socket was alive`);
    },
    cooledDown: (user) => checker.report('honestFlood', `${user} was taken for a flood`),
  });
  const canaries =
    scenario.changes &&
    createCanaries({ stores, checker, now: clock.now, isModerator: (user) => user === MODERATOR });
  const settings: Settings = {
    logId: 'sim',
    sendsPerSecond: SENDS_PER_SECOND,
    userSendsPerSecond: 2 * SENDS_PER_SECOND,
    leaseMs: scenario.leaseMs ?? 90_000,
    editMs: 24 * 3_600_000,
    ...(scenario.retentionMs !== undefined && { retentionMs: scenario.retentionMs }),
  };
  const grants: Grants = new Map(scenario.changes && [[MODERATOR, '*:rwm']]);
  const readFrame = createFrameReader();
  const sentTwice = new Set<string>();
  let leavesCameTwice = false;
  const gateway = createGateway({
    onInvokedTwice(frame) {
      const { action, text } = JSON.parse(frame);
      if (action === 'sendMessage') sentTwice.add(text);
      if (action === 'leaveRoom') leavesCameTwice = true;
    },
    clock,
    random,
    dice,
    lambda: () => lambda,
    trace: trace && ((user, what) => trace(`${((clock.now() - START) / 1000).toFixed(3)} ${user} ${what}`)),
    onArrival(connection, frame) {
      const message = readFrame(frame);
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
    slowUser: scenario.slowUser,
    onSendLost: scenario.sendersDie && ((user) => bury(user)),
  });
  const tables = createTables(stores, checker, settings.logId);
  const lambda = createLambda({
    clock,
    random,
    dice,
    stores,
    settings,
    table: tables.current,
    skewMs: scenario.skewMs,
    diesAt: scenario.diesAt,
    crashesApartMs: scenario.crashesApartMs ?? 0,
    reusesNewest: scenario.reusesNewest,
    onTold: canaries?.told,
    poster: gateway.poster,
    worker: createFanOutWorkers({ clock, random }, () => lambda),
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
  const world: World = {
    scenario,
    clock,
    random,
    dice,
    checker,
    stores,
    tables,
    gateway,
    lambda,
    fleet,
    grants,
    underOrder: new Set(),
    canaries,
  };

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
  if (scenario.restsMs !== undefined) await clock.runUntil(clock.now() + scenario.restsMs);
  await clock.runUntil(clock.now() + BACKLOG_MS * Math.max(...fleet.clients.map(({ open }) => open)));
  checkEnds(world);
  stoppedAt = undefined;
  if (leavesCameTwice) await healLeaves(world);
  await expectShown(world, 'the last of all', scenario.skewMs > MAX_SKEW_MS ? HEARTBEAT_MS : PROMPT_AGAIN_MS);

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

/** The log's entries in a frame. */
function entriesIn(message: ServerMessage): readonly { seq: number }[] {
  if (message.type === 'joined' || message.type === 'history') return message.messages;
  return message.type === 'message' || message.type === 'system' ? [message] : [];
}

/** What the stores tell the checker. */
interface Observer {
  written: Checker['written'];
  changed(room: string, seq: number): void;
  /** A message was deleted, and a count that trusts its place in the log has it. */
  counted(room: string, seq: number): void;
  forgotten(id: string): void;
  cooledDown(user: string): void;
}

/** Tells of every row the moment it is written, and of every connection the moment it is forgotten. */
function observed(stores: Stores, on: Observer): Stores {
  const { log, gone, connections, users } = stores;
  return {
    ...stores,
    log: {
      ...log,
      async put(room, entry, ...rest) {
        const outcome = await log.put(room, entry, ...rest);
        if (outcome === 'written') on.written(room, entry);
        return outcome;
      },
      async applyChange(room, change) {
        const isApplied = await log.applyChange(room, change);
        if ('of' in change) on.changed(room, change.of);
        if (isApplied && change.type === 'deleted' && (await gone.read(room)) < change.of)
          on.counted(room, change.of);
        return isApplied;
      },
      async clearPending(room, entry) {
        await log.clearPending(room, entry);
        on.changed(room, entry.seq);
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
