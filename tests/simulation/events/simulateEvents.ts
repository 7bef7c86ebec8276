import { HOLD_MS } from '../../../lib/events/claimRoom';
import { erasuresWithEvents } from '../../../lib/events/erasuresWithEvents';
import { replayRoom } from '../../../lib/events/replayRoom';
import type { ErasureStore } from '../../../lib/ports/erasureStore';
import type { Ack, Publication } from '../../../lib/protocol';
import { SENDS_PER_SECOND } from '../../../lib/rateLimiting/tokenBucket';
import { publishAsWriter } from '../../support/publishAsWriter';
import { createVirtualClock } from '../clock';
import { createErasureNoteStore, createEventCursorStore } from '../eventCursorStore';
import { createFanOutWorkers } from '../fanOutWorkers';
import { createDice } from '../faults';
import { createLambda, FROZEN_MS, tryToInvoke } from '../lambda';
import { between, pick, seeded, whole } from '../random';
import { scenarioOf } from '../scenario';
import { createStores } from '../stores';
import type { Outcome } from '../totals';
import { createConsumer, type EventsWrong, SKEW_MS } from './consumer';
import { createFickleSink } from './fickleSink';
import { createRelayFunction, type RelayFunction } from './relayFunction';
import { createShardedStream } from './shardedStream';
import { watchCursors } from './watchCursors';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ROOMS = ['red', 'green', 'blue', 'white', 'cyan'];
const POISONED = 'red';
const AUTHOR = { id: 'author', name: 'Ada' };
const LOG = 'sim';
const LASTS_MS = 3 * MINUTE_MS;
/** The longest wait between two runs is a quarter of an hour. */
const HEALS_MS = FROZEN_MS + 20 * MINUTE_MS;
const TRIES = 6;
/** A run often ends before its rooms do, in milliseconds. */
const STREAM_RUN_MS = 2_000;
/** A frozen invocation goes on after another run has claimed its room. */
const OUTLIVES_HOLD_MS = HOLD_MS + FROZEN_MS;

export type EventsOutcome = Omit<Outcome, 'violations'> & {
  violations: { kind: EventsWrong; what: string }[];
};

/** Runs authors, an operator and the relay, with a stream and a sink that have every fault. */
export async function simulateEvents(seed: number): Promise<EventsOutcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  const dice = createDice(random, scenarioOf(seed, 'faulty').rates);
  const violations: EventsOutcome['violations'] = [];
  const report = (kind: EventsWrong, what: string): void => void violations.push({ kind, what });
  const stores = createStores();
  const isPoisoned = random() < 0.5;
  const expires = random() < 0.3;
  const consumer = createConsumer(clock.now, stores.rows, LOG, report);
  const sink = createFickleSink(
    { clock, random, dice },
    { faultRate: between(random, 0, 0.3), poisoned: isPoisoned ? POISONED : undefined },
    consumer.take,
  );
  const cursors = watchCursors(createEventCursorStore(), (what) => report('movedBack', what));
  const erasureNotes = createErasureNoteStore();
  const stream = createShardedStream(
    { clock, random, dice },
    { skips: 0.2, repeats: 0.1, late: 0.05 },
    async (rooms) => {
      const failed = await relay.invoke(
        rooms.map((room) => ({ room })),
        STREAM_RUN_MS,
      );
      return new Set(failed.map(({ room }) => room));
    },
  );
  const { put } = stores.log;
  stores.log.put = async (room, entry, ...rest) => {
    const outcome = await put(room, entry, ...rest);
    if (outcome === 'written') {
      consumer.written(room, entry);
      stream.add(room);
    }
    return outcome;
  };
  const lambda = createLambda({
    ...{ clock, random, dice, stores, skewMs: SKEW_MS, crashesApartMs: 0 },
    frozenMs: OUTLIVES_HOLD_MS,
    settings: {
      logId: LOG,
      sendsPerSecond: SENDS_PER_SECOND,
      userSendsPerSecond: 2 * SENDS_PER_SECOND,
      leaseMs: 90_000,
      editMs: HOUR_MS,
      ...(expires && { retentionMs: HOUR_MS }),
    },
    poster: { prepare: () => async () => 'delivered', close: async () => 'delivered' },
    worker: createFanOutWorkers({ clock, random }, () => lambda),
  });
  const relay: RelayFunction = createRelayFunction({
    ...{ clock, random, dice, lambda, sink, cursors, erasureNotes },
  });

  let sends = 0;
  let acknowledged = 0;
  const attempt = async (publication: Publication): Promise<Ack | undefined> => {
    const reply = await tryToInvoke(lambda, (context) => publishAsWriter(context, AUTHOR, publication));
    return reply?.type === 'ack' ? reply : undefined;
  };
  const publish = async (publication: Publication): Promise<Ack | undefined> => {
    sends++;
    for (let tries = 0; tries < TRIES; tries++) {
      const ack = await attempt(publication);
      if (ack) {
        acknowledged++;
        return ack;
      }
      await clock.wait(between(random, 500, 4_000));
    }
    return undefined;
  };

  const rowErasures: Pick<ErasureStore, 'erase'> = {
    async erase(room, { seq }) {
      const row = stores.rows.get(room)?.[seq];
      if (row) row.erased = true;
      return row !== undefined;
    },
  };

  /** A message, and what becomes of it. */
  const story = async (i: number): Promise<void> => {
    const room = pick(random, ROOMS);
    const sent = await publish({ action: 'sendMessage', room, id: `m${i}`, text: `text ${i}`, after: 0 });
    if (!sent) return;
    const of = sent.seq;
    const texts = [`text ${i}`];
    const takeBack = (): void => texts.forEach(consumer.tookBack);
    if (random() < 0.4) {
      await clock.wait(between(random, 0, 20_000));
      const text = `edited ${i}`;
      const edit = await publish({ action: 'editMessage', room, id: `e${i}`, of, text, after: of });
      if (edit) takeBack();
      texts.push(text);
    }
    const end = pick(random, ['stays', 'stays', 'deleted', 'erased']);
    await clock.wait(between(random, 0, 30_000));
    if (end === 'deleted' && (await publish({ action: 'deleteMessage', room, id: `d${i}`, of, after: of })))
      takeBack();
    if (end !== 'erased') return;
    dice.count('erasure');
    const erasures = erasuresWithEvents(rowErasures as ErasureStore, erasureNotes, relay.wakes);
    await erasures.erase(room, { seq: of, id: `m${i}`, user: AUTHOR.id });
    takeBack();
  };
  for (let i = whole(random, 20, 80); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS / 2), () => void story(i));

  const replay = async (room: string): Promise<void> => {
    const from = whole(random, 1, Math.max(1, consumer.last(room)));
    const outcome = await replayRoom({ cursors, wakes: relay.wakes }, room, from);
    if (outcome !== 'rewound') return;
    dice.count('replay');
    consumer.replays(room, from);
  };
  for (let i = whole(random, 0, 4); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS), () => void replay(pick(random, ROOMS)));

  const expectComplete = (rooms: readonly string[], kind: EventsWrong): void => {
    for (const room of rooms) {
      const head = (stores.rows.get(room)?.length ?? 1) - 1;
      if (consumer.last(room) < head) report(kind, `${room} ends at ${consumer.last(room)} of ${head}`);
    }
  };

  await clock.runUntil(START + LASTS_MS);
  dice.stop();
  stream.heal();
  sink.heal();
  // What the stream has lost for good is sent with the next entry of its room.
  for (const room of ROOMS)
    clock.after(
      0,
      () => void publish({ action: 'sendMessage', room, id: 'last', text: `the last of ${room}`, after: 0 }),
    );
  await clock.runUntil(START + LASTS_MS + HEALS_MS);
  expectComplete(isPoisoned ? ROOMS.filter((room) => room !== POISONED) : ROOMS, 'stalled');
  await clock.runUntil(START + 3 * HOUR_MS);
  sink.cure();
  await clock.runUntil(START + 30 * HOUR_MS);
  expectComplete(ROOMS, 'lost');
  consumer.expectErased(stores.rows);
  return {
    ...{ seed, sends, acknowledged, shown: 0, wholeMs: 0, slowestMs: 0 },
    counts: dice.counts,
    violations,
  };
}
