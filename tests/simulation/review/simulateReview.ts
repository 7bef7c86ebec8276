import { ChatError } from '../../../client/common/errors';
import type { NewEntry } from '../../../lib/ports/logStore';
import type { Ack, ErrorFrame, HeldItem, Publication } from '../../../lib/protocol';
import { SENDS_PER_SECOND } from '../../../lib/rateLimiting/tokenBucket';
import { publishAsWriter } from '../../support/publishAsWriter';
import { createChecker, type Violation } from '../checker';
import { createVirtualClock } from '../clock';
import { createFanOutWorkers } from '../fanOutWorkers';
import { createDice } from '../faults';
import { createFleet } from '../fleet';
import { createGateway } from '../gateway';
import { createLambda, FROZEN_MS, tryToInvoke } from '../lambda';
import { between, pick, seeded, whole } from '../random';
import { scenarioOf } from '../scenario';
import { createStores } from '../stores';
import type { Outcome } from '../totals';
import { createFickleReviewer, masked } from './fickleReviewer';
import { createModerators } from './moderators';

const START = Date.UTC(2026, 0, 1);
const ROOM = 'red';
/** Nobody reads this room: its messages change. */
const FORGED_ROOM = 'blue';
const FORGER = { id: 'forger', name: 'Mallory' };
const LASTS_MS = 60_000;
const HEALS_MS = FROZEN_MS + 120_000;
const AGAIN_MS = { from: 500, to: 4_000 };

/** What may go wrong with a review. */
export type ReviewWrong =
  | 'unreviewed'
  | 'refusedButShown'
  | 'lost'
  | 'broken'
  | 'undecided'
  | 'allowedButNotShown'
  | 'shownTwice'
  | 'shownAfterRemoval'
  | Violation['kind'];

export type ReviewOutcome = Omit<Outcome, 'violations'> & {
  violations: { kind: ReviewWrong; what: string }[];
};

/**
 * Runs sends of real clients, and a back end that forges its repeats, past a reviewer with every fault, and two moderators
 * who decide about what it holds.
 */
export async function simulateReview(seed: number): Promise<ReviewOutcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  const drawn = scenarioOf(seed, 'faulty');
  const scenario = {
    ...drawn,
    rooms: [ROOM],
    erasures: 0,
    rates: { ...drawn.rates, invocationFreezes: 0.1 },
  };
  const dice = createDice(random, scenario.rates);
  const checker = createChecker();
  const reviewer = createFickleReviewer(clock, random, dice, between(random, 0, 0.6));
  const violations: ReviewOutcome['violations'] = [];
  const report = (kind: ReviewWrong, what: string): void => void violations.push({ kind, what });
  const shown = new Set<string>();
  const messages = new Set<string>();
  const subjects = new Map<string, string>();
  const held = new Set<string>();
  let isForgerOut = false;

  const written = (room: string, entry: NewEntry): void => {
    if (room === ROOM) checker.written(room, entry);
    if (entry.type === 'system') isForgerOut = true;
    if (entry.type !== 'message' && entry.type !== 'edited') return;
    const name = `${room} ${entry.text}`;
    if (entry.type === 'message' && messages.has(name)) report('shownTwice', `${name} is in the log twice`);
    if (entry.type === 'message') messages.add(name);
    if (isForgerOut && entry.from.id === FORGER.id)
      report('shownAfterRemoval', `${name} came after its author was removed`);
    shown.add(`${room} ${entry.text}`);
    if (!reviewer.hasPassed(entry.from.id, entry.id, entry.text))
      report('unreviewed', `${room}/${entry.seq} shows "${entry.text}", which no verdict let pass`);
  };
  const stores = createStores();
  const { put } = stores.log;
  stores.log.put = async (room, entry, hash) => {
    const outcome = await put(room, entry, hash);
    if (outcome === 'written') written(room, entry);
    return outcome;
  };

  const { add } = stores.held;
  stores.held.add = async (subject, message, bounds) => {
    subjects.set(`${message.request.room} ${message.request.text}`, subject);
    return add(subject, message, bounds);
  };

  const gateway = createGateway({ ...{ clock, random, dice }, lambda: () => lambda, onArrival: () => {} });
  const lambda = createLambda({
    ...{ clock, random, dice, stores, reviewer, skewMs: scenario.skewMs, crashesApartMs: 0 },
    settings: {
      logId: 'sim',
      sendsPerSecond: SENDS_PER_SECOND,
      userSendsPerSecond: 2 * SENDS_PER_SECOND,
      leaseMs: 90_000,
      editMs: LASTS_MS,
    },
    poster: gateway.poster,
    worker: createFanOutWorkers({ clock, random }, () => lambda),
  });
  const fleet = createFleet({
    ...{ scenario, clock, random, dice, checker, gateway, grants: new Map(), stores },
    writtenAt: () => undefined,
  });

  const users = Array.from({ length: whole(random, 2, 4) }, (_, i) => ({ id: `u${i}`, name: `User ${i}` }));
  const refused: string[] = [];
  let sends = 0;
  let acknowledged = 0;
  let open = 0;
  const clients = users.map((user) => fleet.start(user));
  for (const client of clients) fleet.enter(client, ROOM);
  for (let i = whole(random, 10, 40); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS), () => {
      const client = pick(random, clients);
      const text = `text ${i}`;
      sends++;
      open++;
      fleet
        .enter(client, ROOM)
        .send(text)
        .then(
          ({ id, seq }) => {
            open--;
            acknowledged++;
            checker.acknowledged(client.name, ROOM, id, seq);
          },
          (error: unknown) => {
            open--;
            const code = error instanceof ChatError ? error.code : undefined;
            if (code === 'refused') refused.push(`${ROOM} ${text}`);
            else if (code === 'held') held.add(`${ROOM} ${text}`);
            else if (code === 'tooMany') dice.count('too many held');
            else report('broken', `"${text}" ended with ${String(error)}`);
          },
        );
    });

  const publish = (
    id: string,
    text: string,
    of: number | undefined,
  ): Promise<Ack | ErrorFrame | undefined> => {
    const words = { room: FORGED_ROOM, id, text, after: of ?? 0 };
    const publication: Publication =
      of === undefined ? { action: 'sendMessage', ...words } : { action: 'editMessage', of, ...words };
    return tryToInvoke(lambda, (context) => publishAsWriter(context, FORGER, publication));
  };

  /** The forger repeats a message while moderators decide about it. */
  const repeatWhileDeciding = (room: string, { message }: HeldItem): void => {
    const [, id = ''] = message.text.split(' ');
    if (room !== FORGED_ROOM) return;
    for (let i = 0; i < 6; i++)
      clock.after(between(random, 0, 120), () => void publish(id, message.text, undefined));
  };
  const moderators = createModerators({
    ...{ clock, random, dice, lambda, stores, rooms: [ROOM, FORGED_ROOM] },
    until: START + LASTS_MS + HEALS_MS,
    onAllow: reviewer.pass,
    onDeciding: repeatWhileDeciding,
  });
  moderators.start();
  if (random() < 0.5)
    clock.after(between(random, LASTS_MS / 4, LASTS_MS), () => void moderators.kick(FORGED_ROOM, FORGER.id));

  /** Two processes send words under one id until they are judged, and now and then other words under the same id. */
  const forge = async (id: string, of?: number): Promise<void> => {
    for (let attempt = 0; attempt < 4; attempt++) {
      const text = `forged ${id} ${whole(random, 0, 1)}`;
      sends++;
      const replies = await Promise.all([publish(id, text, of), publish(id, text, of)]);
      if (replies.some((reply) => reply?.type === 'error' && reply.code === 'refused'))
        refused.push(`${FORGED_ROOM} ${text}`);
      if (replies.some((reply) => reply?.type === 'error' && reply.code === 'held'))
        held.add(`${FORGED_ROOM} ${text}`);
      const ack = replies.find((reply) => reply?.type === 'ack');
      if (ack) {
        acknowledged++;
        if (of === undefined && ack.type === 'ack') await forge(`${id}-edit`, ack.seq);
        return;
      }
      await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
    }
  };
  for (let i = whole(random, 1, 4); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS / 2), () => void forge(`forged-${i}`));

  await clock.runUntil(START + LASTS_MS);
  dice.stop();
  reviewer.heal();
  await clock.runUntil(START + LASTS_MS + HEALS_MS);

  if (open > 0) report('lost', `${open} sends have neither an acknowledgement nor a refusal`);
  for (const text of refused)
    if (shown.has(text) || shown.has(masked(text)))
      report('refusedButShown', `"${text}" was refused, and the log has it`);
  for (const text of held) {
    const verdict = await stores.verdicts.find(subjects.get(text) ?? '');
    if (!verdict || verdict.verdict === 'hold')
      report('undecided', `"${text}" was held, and nobody could decide`);
    else if (
      verdict.verdict === 'allow' &&
      !shown.has(text) &&
      !(isForgerOut && text.startsWith(FORGED_ROOM))
    )
      report('allowedButNotShown', `"${text}" was held and allowed, and the log does not have it`);
  }
  for (const { room, text, verdict } of moderators.decided) {
    const name = `${room} ${text}`;
    if (verdict === 'deny' && (shown.has(name) || shown.has(masked(name))))
      report('refusedButShown', `"${name}" was denied by a moderator, and the log has it`);
    if (verdict === 'allow' && !shown.has(name) && !shown.has(masked(name)))
      report('allowedButNotShown', `"${name}" was allowed by a moderator, and the log does not have it`);
  }
  for (const client of clients) fleet.close(client);
  return {
    ...{ seed, sends, acknowledged, wholeMs: 0, slowestMs: 0 },
    counts: dice.counts,
    shown: fleet.totals.shown,
    violations: [...violations, ...checker.violations],
  };
}
