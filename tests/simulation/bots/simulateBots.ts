import { startBot } from '../../../client/bot';
import { SENDS_PER_SECOND } from '../../../lib/rateLimiting/tokenBucket';
import { createChecker } from '../checker';
import { createVirtualClock } from '../clock';
import { createFanOutWorkers } from '../fanOutWorkers';
import { createDice } from '../faults';
import { type Client, createFleet } from '../fleet';
import { createGateway } from '../gateway';
import { createLambda, FROZEN_MS } from '../lambda';
import { between, pick, seeded } from '../random';
import { scenarioOf } from '../scenario';
import { createStores } from '../stores';
import type { Outcome } from '../totals';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const ROOM = 'red';
const COPIES = 2;
const PAIRS = 20;
/** As far apart that a user does not have more ghosts of connections than may be. */
const APART_MS = 50_000;
const LASTS_MS = PAIRS * APART_MS;
/** Ghosts of connections end, and refused copies come back. */
const HEALS_MS = FROZEN_MS + 300_000;
const BOT = { id: 'bot', name: 'Bot' };
const ASKER = { id: 'u0', name: 'Ann' };
const ANSWER_MS = { from: 0, to: 4_000 };
const ANSWER_FAILS = 0.05;
const RESTART_MS = { from: 0, to: 6_000 };

/** What may go wrong with a bot. */
export type BotsWrong = 'double' | 'unanswered' | 'stray' | 'gaveUp';

export type BotsOutcome = Omit<Outcome, 'violations'> & {
  violations: { kind: BotsWrong; what: string }[];
};

/** Runs copies of a bot on the real client and the real core, and kills one around each question. */
export async function simulateBots(seed: number): Promise<BotsOutcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  const scenario = { ...scenarioOf(seed, 'faulty'), rooms: [ROOM], tokenLivesMs: HOUR_MS, erasures: 0 };
  const dice = createDice(random, scenario.rates);
  const checker = createChecker();
  const stores = createStores();
  const violations: BotsOutcome['violations'] = [];
  const report = (kind: BotsWrong, what: string): void => void violations.push({ kind, what });

  const gateway = createGateway({
    ...{ clock, random, dice },
    lambda: () => lambda,
    onArrival: () => {},
  });
  const lambda = createLambda({
    ...{ clock, random, dice, stores, skewMs: scenario.skewMs, crashesApartMs: 0 },
    settings: {
      logId: 'sim',
      sendsPerSecond: SENDS_PER_SECOND,
      userSendsPerSecond: 2 * SENDS_PER_SECOND,
      leaseMs: 90_000,
      editMs: 0,
    },
    poster: gateway.poster,
    worker: createFanOutWorkers({ clock, random }, () => lambda),
  });
  const fleet = createFleet({
    ...{ scenario, clock, random, dice, checker, gateway, grants: new Map(), writtenAt: () => undefined },
    stores: {
      ...stores,
      log: {
        ...stores.log,
        async put(room, entry) {
          const outcome = await stores.log.put(room, entry);
          if (outcome === 'written') checker.written(room, entry);
          return outcome;
        },
      },
    },
  });

  let copies: Client[] = [];
  const startCopy = (): void => {
    const client = fleet.start(BOT);
    const isAlive = (): boolean => copies.includes(client);
    copies.push(client);
    startBot(client.chat, ROOM, {
      name: 'help',
      random,
      clock: {
        now: clock.now,
        after: (ms, run) =>
          clock.after(ms, () => {
            if (isAlive()) run();
          }),
      },
      async answer({ text }) {
        dice.count('asked');
        await clock.wait(between(random, ANSWER_MS.from, ANSWER_MS.to));
        if (!isAlive()) return new Promise(() => {});
        if (random() < ANSWER_FAILS) throw new Error('The model is busy.');
        return { text: `${client.name} says: ${text}`, data: { by: client.name } };
      },
      onError(error) {
        if (String(error) === 'Error: The model is busy.') dice.count('given up');
        else report('gaveUp', `${client.name} gave up: ${String(error)}`);
      },
    });
  };
  const kill = (): void => {
    if (copies.length === 0) return;
    const copy = pick(random, copies);
    copies = copies.filter((other) => other !== copy);
    fleet.crash(copy);
    dice.count('killed');
    clock.after(between(random, RESTART_MS.from, RESTART_MS.to), startCopy);
  };

  for (let i = 0; i < COPIES; i++) startCopy();
  const asker = fleet.start(ASKER);
  // Two questions at a time: the reply to one may be met before the reply to the other.
  for (let i = 0; i < 2 * PAIRS; i++) {
    const at = 2_000 + Math.floor(i / 2) * APART_MS + between(random, 0, 3_000);
    clock.after(at, () => fleet.say(asker, ROOM, `question ${i}`));
    clock.after(at + between(random, -500, 6_000), kill);
  }
  await clock.runUntil(START + LASTS_MS);
  dice.stop();
  await clock.runUntil(START + LASTS_MS + HEALS_MS);

  const messages = (stores.rows.get(ROOM) ?? []).flatMap((row) =>
    row?.entry.type === 'message' ? [row.entry] : [],
  );
  const replies = messages.filter(({ from }) => from.id === BOT.id);
  const questions = messages.filter(({ from }) => from.id === ASKER.id);
  for (const { seq, text } of questions) {
    const own = replies.filter(({ replyTo }) => replyTo === seq);
    if (own.length > 1)
      report('double', `"${text}" has replies at ${own.map((reply) => reply.seq).join(', ')}`);
    if (own.length === 0) report('unanswered', `"${text}" has no reply`);
  }
  for (const { seq, replyTo } of replies)
    if (!questions.some((question) => question.seq === replyTo))
      report('stray', `the reply at ${seq} answers no question`);

  for (const client of fleet.clients) fleet.close(client);
  return {
    seed,
    violations,
    sends: questions.length,
    counts: dice.counts,
    wholeMs: 0,
    ...fleet.totals,
    acknowledged: replies.length,
  };
}
