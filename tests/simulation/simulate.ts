import { createChat } from '../../client/chat';
import { ChatError } from '../../client/common/errors';
import type { Chat, Room } from '../../client/common/types';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import type { Settings } from '../../lib/ports/settings';
import { parseServerFrame, type ServerMessage } from '../../lib/protocol';
import { SENDS_PER_SECOND } from '../../lib/rateLimiting/tokenBucket';
import { createBackEnd } from './backEnds';
import { type Checker, createChecker, type Violation } from './checker';
import { createVirtualClock, type VirtualClock } from './clock';
import { createDice, type Rates } from './faults';
import { createGateway } from './gateway';
import { timeHealing } from './healing';
import { createLambda, FROZEN_MS } from './lambda';
import { createModerators } from './moderators';
import { between, pick, type Random, seeded, whole } from './random';
import type { Scenario } from './scenario';
import { createStores, type Stores } from './stores';
import { makeToken } from './token';

const START = Date.UTC(2026, 0, 1);
/** After the faults have stopped and the last frozen invocation has ended, everyone must be whole within this, in milliseconds. */
const HEALS_MS = 60_000;
/** Nothing is on its way any more from before the faults stopped, in milliseconds. */
const TRIES_AGAIN_MS = 20_000;
/** A row this far below the head has been swept several times. */
const SWEPT_ROWS = 40;
const WORKER_TAKES_MS = 110_000;

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

interface Client {
  name: string;
  chat: Chat;
  asked: Set<string>;
  /** When each room was last entered, for the promise that calm messages come promptly. */
  joinedAt: Map<string, number>;
  sent: Map<string, number[]>;
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
  const stores = observed(createStores(), {
    written(room, entry) {
      checker.written(room, entry);
      committed.set(`${room}/${entry.seq}`, clock.now());
      if (stoppedAt !== undefined) timeWhole(stoppedAt);
    },
    forgotten(id) {
      if (gateway.isLive(id)) checker.report('forgotten', `${id} was forgotten while its socket was alive`);
    },
  });
  const settings: Settings = {
    logId: 'sim',
    sendsPerSecond: SENDS_PER_SECOND,
    userSendsPerSecond: 2 * SENDS_PER_SECOND,
    leaseMs: 90_000,
    editMs: 24 * 3_600_000,
    ...(scenario.retentionMs !== undefined && { retentionMs: scenario.retentionMs }),
  };
  const clients: Client[] = [];
  const owners = new Map<string, Client>();
  const invokedTwice = new Set<string>();
  const gateway = createGateway({
    onInvokedTwice: (frame) => invokedTwice.add(JSON.parse(frame).text),
    clock,
    random,
    dice,
    lambda: () => lambda,
    trace: trace && ((user, what) => trace(`${((clock.now() - START) / 1000).toFixed(3)} ${user} ${what}`)),
    onArrival(connection, frame) {
      const message = parseServerFrame(frame);
      const room = message && 'room' in message ? message.room : undefined;
      if (!message || room === undefined) return;
      for (const { seq } of entriesIn(message)) checker.reached(connection.user.id, room, seq);
      if (message.type !== 'message') return;
      const owner = owners.get(`${connection.user.id}`);
      if (owner && !owner.asked.has(room)) checker.report('leak', `${owner.name} got a frame of ${room}`);
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

  let acknowledged = 0;
  let shown = 0;
  let open = 0;
  let slowestMs = 0;
  let wholeMs = 0;
  let stoppedAt: number | undefined;

  const isWhole = (): boolean =>
    open === 0 &&
    clients.every(({ chat, asked }) =>
      [...asked].every((name) => chat.room(name).snapshot.cursor === checker.head(name)),
    );
  const timeWhole = (since: number): void =>
    timeHealing(clock, isWhole, () => {
      wholeMs = Math.max(wholeMs, clock.now() - since);
    });

  const mayBeGone = (room: string, seq: number): boolean => {
    const row = stores.rows.get(room)?.[seq];
    return !row || (row.expiresAt !== undefined && row.expiresAt <= clock.now() + scenario.skewMs + 1_000);
  };

  const isUnshown = (room: string, seq: number): boolean =>
    stores.rows.get(room)?.[seq]?.entry.type === 'system';

  const follow = (client: Client, room: Room): void => {
    room.on('change', () => {
      if (room.snapshot.state !== 'joined') client.joinedAt.delete(room.name);
      else if (!client.joinedAt.has(room.name)) client.joinedAt.set(room.name, clock.now());
    });
    room.on('message', (message) => {
      shown++;
      if (checker.cursor(client.name, room.name) === undefined) {
        const earliest = Math.max(1, checker.head(room.name) - 99);
        const isFirst = message.seq <= earliest || isUnshown(room.name, message.seq - 1);
        if (!isFirst && !mayBeGone(room.name, message.seq - 1))
          checker.report('skipped', `${client.name} began ${room.name} at ${message.seq}`);
        checker.began(client.name, room.name, message.seq - 1);
      }
      checker.shown(client.name, room.name, message);
      const since = Math.max(
        committed.get(`${room.name}/${message.seq}`) ?? 0,
        client.joinedAt.get(room.name) ?? clock.now(),
      );
      slowestMs = Math.max(slowestMs, clock.now() - since);
      if (scenario.promptMs !== undefined && clock.now() - since > scenario.promptMs)
        checker.report(
          'late',
          `${client.name} saw ${room.name}/${message.seq} after ${Math.round(clock.now() - since)} ms`,
        );
    });
    room.on('gap', ({ from, to }) => {
      dice.count('gap told');
      checker.gap(client.name, room.name, from, to, (seq) => mayBeGone(room.name, seq));
    });
    room.on('reset', () =>
      checker.report('falseReset', `${client.name} was told ${room.name} is another log`),
    );
  };

  const start = (index: number): Client => {
    const user = { id: `u${index}`, name: `User ${index}` };
    let made = 0;
    const chat = createChat({
      url: 'wss://simulation/ws',
      clock,
      random,
      token: () => makeToken(user, clock.now() + scenario.tokenLivesMs),
      open: (_url, protocols, events) => gateway.connect(protocols, events),
      newId: () => `${user.id}-${String(made++).padStart(8, '0')}`,
      network: { watch: () => () => {} },
      onError: (error) => checker.report('stuck', `${user.id}'s client threw ${String(error)}`),
    });
    const client: Client = { name: user.id, chat, asked: new Set(), joinedAt: new Map(), sent: new Map() };
    owners.set(user.id, client);
    chat.connect();
    return client;
  };

  const bury = (user: string): void => {
    const index = clients.findIndex(({ name }) => name === user);
    if (index < 0 || clients.length <= 2) return;
    const [dead] = clients.splice(index, 1);
    dice.count('sender gone for good');
    dead?.chat.close();
  };

  const enter = (client: Client, name: string): Room => {
    const room = client.chat.room(name);
    if (!client.asked.has(name)) {
      client.asked.add(name);
      follow(client, room);
      room.join().catch(() => {});
    }
    return room;
  };

  const reenter = (client: Client, name: string): void => {
    const room = enter(client, name);
    room.join().catch(() => {});
  };

  /** Sends that were rejected as refused: none of them may be in the log. */
  const refused: [room: string, text: string][] = [];

  const say = (client: Client, name: string, text: string): void => {
    const room = enter(client, name);
    const seqs = client.sent.get(name) ?? [];
    client.sent.set(name, seqs);
    const index = seqs.push(0) - 1;
    open++;
    checker.sends++;
    room.send(text).then(
      ({ id, seq }) => {
        open--;
        acknowledged++;
        seqs[index] = seq;
        checker.acknowledged(client.name, name, id, seq);
      },
      (error: unknown) => {
        open--;
        const code = error instanceof ChatError ? error.code : String(error);
        dice.count(`send ended with ${code}`);
        if (code === 'forbidden') refused.push([name, text]);
        const mayBeUnknown = scenario.retentionMs !== undefined || scenario.kicks.length > 0;
        const isExpected =
          (code === 'outcomeUnknown' && mayBeUnknown) ||
          (code === 'forbidden' && scenario.kicks.length > 0) ||
          (code === 'closed' && !clients.includes(client));
        if (!isExpected) checker.report('stuck', `${client.name}'s send to ${name} ended with ${code}`);
      },
    );
  };

  for (let i = 0; i < scenario.clients; i++) clients.push(start(i));
  for (const client of clients)
    for (const room of scenario.rooms)
      if (random() < scenario.membership)
        clock.after(between(random, 0, scenario.lastsMs / 2), () => void enter(client, room));
  for (let i = 0; i < scenario.sends; i++) {
    const at = pick(random, scenario.bursts) + between(random, 0, scenario.burstMs);
    clock.after(at, () => say(pick(random, clients), pick(random, scenario.rooms), `text ${i}`));
  }
  for (const at of scenario.encounters) {
    const room = pick(random, scenario.rooms);
    const [writer, ...others] = [...clients].sort(() => random() - 0.5);
    for (const other of others) {
      clock.after(at - 3_000, () => other.chat.room(room).leave());
      clock.after(at + between(random, -80, 80), () => reenter(other, room));
    }
    clock.after(at, () => writer && say(writer, room, 'encounter'));
  }
  const moderators = createModerators({ clock, random, dice, lambda: () => lambda, checker });
  const backEnd = createBackEnd({ clock, random, dice, lambda: () => lambda });
  const out = new Set<Client>();
  const putOut = async (client: Client, room: string): Promise<void> => {
    out.add(client);
    await moderators.keepOutAWhile(client.name, room, random() < 0.3);
    out.delete(client);
    for (const name of client.asked) reenter(client, name);
  };
  for (const at of scenario.kicks)
    clock.after(at - 1_000, () => {
      const client = pick(random, clients);
      const room = pick(random, scenario.rooms);
      if (out.has(client)) return;
      // The removed user writes and joins at that very moment, and other users go on writing.
      for (let i = 0; i < 4; i++) {
        clock.after(between(random, 800, 1_300), () => say(client, room, `my last word, ${checker.sends}`));
        clock.after(between(random, 800, 3_000), () =>
          say(pick(random, clients), room, `among us, ${checker.sends}`),
        );
        clock.after(between(random, 700, 1_500), () => {
          void backEnd.post({ id: client.name, name: client.name }, room);
        });
        clock.after(between(random, 700, 1_500), () => {
          client.chat.room(room).leave();
          reenter(client, room);
        });
      }
      clock.after(1_000, () => void putOut(client, room));
    });
  for (let i = 0; i < scenario.cuts; i++)
    clock.after(between(random, 0, scenario.lastsMs), () => gateway.cutAll());
  if (scenario.retentionMs !== undefined) sweep(clock, random, stores, checker, scenario.lastsMs);

  await clock.runUntil(START + scenario.lastsMs);
  dice.stop();
  stoppedAt = clock.now();
  timeWhole(stoppedAt);
  // A late refusal ended a room for its client: the user tries again.
  if (scenario.kicks.length > 0)
    clock.after(TRIES_AGAIN_MS, () => {
      for (const client of clients) for (const name of client.asked) reenter(client, name);
    });
  await clock.runUntil(START + scenario.lastsMs + FROZEN_MS + HEALS_MS);

  for (const [room, text] of refused)
    if (!invokedTwice.has(text) && checker.holds(room, text))
      checker.report('falseRefusal', `"${text}" was called refused, and is in ${room}`);
  if (scenario.retentionMs !== undefined)
    for (const [room, rows] of stores.rows)
      for (const [seq, row] of rows.entries())
        if (row && row.expiresAt === undefined && seq < checker.head(room) - SWEPT_ROWS)
          checker.report('neverExpires', `${room}/${seq} of ${checker.head(room)} has no expiry`);
  if (open > 0) checker.report('stuck', `${open} sends have neither an answer nor an end`);
  for (const client of clients) {
    for (const name of client.asked) {
      const { cursor, state } = client.chat.room(name).snapshot;
      if (cursor !== checker.head(name))
        checker.report(
          'stuck',
          `${client.name} is at ${cursor} of ${checker.head(name)} in ${name} (${state})`,
        );
    }
    for (const [name, seqs] of client.sent) {
      const ended = seqs.filter((seq) => seq > 0);
      if (ended.some((seq, i) => i > 0 && seq <= (ended[i - 1] ?? 0)))
        checker.report('ownOrder', `${client.name}'s sends to ${name} are at ${ended.join(', ')}`);
    }
    client.chat.close();
  }
  return {
    seed,
    violations: checker.violations,
    sends: checker.sends,
    acknowledged,
    shown,
    counts: dice.counts,
    slowestMs,
    wholeMs,
  };
}

/** The log's entries in a frame. */
function entriesIn(message: ServerMessage): readonly { seq: number }[] {
  if (message.type === 'joined' || message.type === 'history') return message.messages;
  return message.type === 'message' || message.type === 'system' ? [message] : [];
}

/** Tells of every row the moment it is written, and of every connection the moment it is forgotten. */
function observed(stores: Stores, on: { written: Checker['written']; forgotten(id: string): void }): Stores {
  const { log, connections } = stores;
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
  };
}

/** Deletes expired rows as the database does: late, and in no order. */
function sweep(clock: VirtualClock, random: Random, stores: Stores, checker: Checker, lastsMs: number): void {
  const end = clock.now() + lastsMs;
  const pass = (): void => {
    for (const [room, rows] of stores.rows) {
      for (let seq = 1; seq < rows.length; seq++) {
        const row = rows[seq];
        if (row?.expiresAt !== undefined && row.expiresAt <= clock.now() && random() < 0.3)
          rows[seq] = undefined;
      }
      const head = rows[checker.head(room)];
      if (head?.expiresAt !== undefined || (!head && checker.head(room) > 0))
        checker.report('headExpired', `the newest row of ${room} has an expiry or is gone`);
    }
    if (clock.now() < end) clock.after(whole(random, 60_000, 600_000), pass);
  };
  pass();
}

export type { Rates };
