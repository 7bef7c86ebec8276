import { HOLD_MS } from '../../lib/events/claimRoom';
import { erasuresWithEvents, WAKE_DELAY_MS } from '../../lib/events/erasuresWithEvents';
import { relayBatch } from '../../lib/events/relayBatch';
import type { RelayContext } from '../../lib/events/relayContext';
import { relayWakes } from '../../lib/events/relayWakes';
import { replayRoom } from '../../lib/events/replayRoom';
import type { ErasureStore } from '../../lib/ports/erasureStore';
import type { LogEvent } from '../../lib/ports/eventSink';
import { Unavailable } from '../../lib/ports/unavailable';
import { MAX_WAKE_DELAY_MS, type Wake } from '../../lib/ports/wakeQueue';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { createErasureNoteStore, createEventCursorStore } from '../simulation/eventCursorStore';
import { createStores } from '../simulation/stores';
import { range } from './harness';

const START = 1_800_000_000_000;
const NEVER = Number.POSITIVE_INFINITY;

/** A relay with stores in memory; `send` is what its sink does. */
function createRelay(send: (event: LogEvent) => Promise<void> = async () => {}) {
  const { log } = createStores();
  const sent: LogEvent[] = [];
  const queued: [wake: Wake, delayMs: number][] = [];
  const time = { now: START };
  const metrics = createInvocationMetrics();
  const context: RelayContext = {
    log,
    clock: { now: () => time.now, wait: async () => {} },
    random: Math.random,
    metrics,
    settings: { logId: 'L' },
    cursors: createEventCursorStore(),
    erasureNotes: createErasureNoteStore(),
    sink: {
      async send(event) {
        await send(event);
        sent.push(event);
      },
    },
    wakes: { enqueue: async (...asked) => void queued.push(asked) },
  };
  const write = async (room: string, from: number, to: number): Promise<void> => {
    for (let seq = from; seq <= to; seq++)
      await log.put(room, { type: 'message', seq, id: `m${seq}`, from: ADA, at: START, text: `text ${seq}` });
  };
  return { context, metrics, sent, queued, time, write };
}

const ADA = { id: 'ada', name: 'Ada' };
const seqsOf = (events: readonly LogEvent[]) => events.map(({ seq }) => seq);

it('sends an event for each entry, with the name of the log', async () => {
  const { context, sent, write } = createRelay();
  await write('red', 1, 2);

  expect(await relayWakes(context, [{ room: 'red' }], NEVER)).toEqual([]);

  const [first] = sent;
  expect(first).toMatchObject({ log: 'L', room: 'red', seq: 1, entry: { type: 'message', text: 'text 1' } });
  expect(seqsOf(sent)).toEqual([1, 2]);
});

it('sends 500 entries of a room in a run, and the rest in the next one', async () => {
  const { context, sent, queued, write } = createRelay();
  await write('red', 1, 501);

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(seqsOf(sent)).toEqual(range(1, 500));
  expect(queued).toEqual([[{ room: 'red' }, 0]]);

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(seqsOf(sent)).toEqual(range(1, 501));
});

it('tells of 100 erasures in a run, and of the rest in the next one', async () => {
  const { context, sent, queued, write } = createRelay();
  await write('red', 1, 101);
  for (const seq of range(1, 101)) await context.erasureNotes.add('red', { seq, id: `m${seq}` });

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(sent).toHaveLength(101 + 100);
  expect(queued).toEqual([[{ room: 'red' }, 0]]);

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(sent.at(-1)).toEqual({
    log: 'L',
    room: 'red',
    seq: 101,
    entry: { type: 'erased', seq: 101, id: 'm101' },
  });
});

it('works on ten rooms at a time', async () => {
  let open = 0;
  let most = 0;
  const { context, sent, write } = createRelay(async () => {
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open--;
  });
  const rooms = range(1, 25).map((i) => `room-${i}`);
  for (const room of rooms) await write(room, 1, 1);

  await relayWakes(
    context,
    rooms.map((room) => ({ room })),
    NEVER,
  );

  expect(most).toBe(10);
  expect(sent).toHaveLength(25);
});

it('waits longer after each failure, up to a quarter of an hour, and queues one wake each time', async () => {
  const { context, queued, time, write } = createRelay(() => Promise.reject(new Error('Down.')));
  await write('red', 1, 1);

  for (let i = 0; i < 30; i++) {
    await relayWakes(context, [{ room: 'red' }, { room: 'red' }], NEVER);
    time.now = queued.at(-1)?.[0].until ?? NEVER;
  }

  const delays = queued.map(([, delay]) => delay);
  expect(delays.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(new Set(delays.slice(12))).toEqual(new Set([MAX_WAKE_DELAY_MS]));
  expect(queued).toHaveLength(30);
});

it('waits a second only after a run that got on', async () => {
  let taken = 0;
  const { context, sent, queued, time, write } = createRelay(async () => {
    if (taken++ % 4 === 3) throw new Error('The webhook answered 429.');
  });
  await write('red', 1, 9);

  for (let i = 0; i < 3; i++) {
    await relayWakes(context, [{ room: 'red' }], NEVER);
    time.now = queued.at(-1)?.[0].until ?? NEVER;
  }

  expect(seqsOf(sent)).toEqual(range(1, 9));
  expect(queued.map(([, delay]) => delay)).toEqual([1_000, 1_000]);
});

it('waits a second only after a run that told of an erasure', async () => {
  let told = 0;
  const { context, queued, time, write } = createRelay(async ({ entry }) => {
    if (entry.type === 'erased' && told++ % 2 === 1) throw new Error('The webhook answered 429.');
  });
  await write('red', 1, 3);
  await relayWakes(context, [{ room: 'red' }], NEVER);
  for (const seq of [1, 2, 3]) await context.erasureNotes.add('red', { seq, id: `m${seq}` });

  for (let i = 0; i < 2; i++) {
    await relayWakes(context, [{ room: 'red' }], NEVER);
    time.now = queued.at(-1)?.[0].until ?? NEVER;
  }

  expect(queued.map(([, delay]) => delay)).toEqual([1_000, 1_000]);
});

it('tells of erasures until its time is over, and the queue brings the rest', async () => {
  const { context, sent, queued, time, write } = createRelay(async ({ entry }) => {
    if (entry.type === 'erased') time.now += 1_000;
  });
  await write('red', 1, 3);
  for (const seq of [1, 2, 3]) await context.erasureNotes.add('red', { seq, id: `m${seq}` });

  await relayWakes(context, [{ room: 'red' }], START + 2_000);

  expect(seqsOf(sent)).toEqual([1, 2, 3, 1, 2]);
  expect(queued).toEqual([[{ room: 'red' }, 0]]);
});

it('keeps a room waiting only for a wake that is queued, and gives it back otherwise', async () => {
  const { context, write } = createRelay(() => Promise.reject(new Error('Down.')));
  await write('red', 1, 1);
  const postpone = jest.spyOn(context.cursors, 'postpone');
  context.wakes.enqueue = () => Promise.reject(new Unavailable('Throttled.'));

  expect(await relayWakes(context, [{ room: 'red' }], NEVER)).toEqual([{ room: 'red' }]);
  expect(postpone).not.toHaveBeenCalled();
});

it('reads a page again after two seconds, and sends no words that were changed before', async () => {
  const { context, sent, time, write } = createRelay(async ({ seq }) => {
    time.now += 1_100;
    if (seq !== 2) return;
    const edit = { type: 'edited', seq: 5, of: 3, id: 'e5', from: ADA, at: START, text: 'changed' } as const;
    await context.log.put('red', edit);
    await context.log.applyChange('red', edit);
  });
  await write('red', 1, 4);

  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual(range(1, 5));
  expect(sent[2]?.entry).toMatchObject({ seq: 3, text: 'changed' });
});

it('sends an event at least of a page that took long to read', async () => {
  const { context, sent, time, write } = createRelay();
  await write('red', 1, 2);
  const page = context.log.readForward;
  let reads = 0;
  context.log.readForward = (...asked) => {
    time.now += 3_000;
    reads++;
    return page(...asked);
  };

  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual([1, 2]);
  expect(reads).toBe(2);
});

it.each([
  ['the stream works on a room for 3 s', { dynamodb: { Keys: { room: { S: 'red' } } } }, 1],
  ['the queue works on a room for 45 s', { eventSource: 'aws:sqs', body: '{"room":"red"}' }, 9],
])('%s, and the queue brings the rest', async (_title, record, events) => {
  const { context, sent, queued, time, write } = createRelay(async () => {
    time.now += 5_000;
  });
  await write('red', 1, 20);

  await relayBatch(context, { Records: [record] }, 60_000);

  expect(sent).toHaveLength(events);
  expect(queued).toEqual([[{ room: 'red' }, 0]]);
});

it('logs a room whose events the sink does not take, and why', async () => {
  const { context, metrics, write } = createRelay(async ({ room }) => {
    if (room === 'red') throw new Error('The webhook answered 404.');
  });
  await write('red', 1, 1);
  await write('blue', 1, 1);

  await relayWakes(context, [{ room: 'red' }, { room: 'blue' }], NEVER);

  expect(metrics.counts).toEqual({ EventsFailed: 1, EventsSent: 1 });
  expect(metrics.fields).toEqual({ room: 'red', outcome: 'Error', failure: 'The webhook answered 404.' });
});

it('a run serves what woke the relay meanwhile, and one wake is queued in case the run dies', async () => {
  const { context, sent, queued, write } = createRelay(async ({ seq }) => {
    if (seq === 3) return;
    await write('red', seq + 1, seq + 1);
    await relayWakes(context, [{ room: 'red' }], NEVER);
    await relayWakes(context, [{ room: 'red' }], NEVER);
  });
  await write('red', 1, 1);
  const page = context.log.readForward;
  context.log.readForward = async (...asked) => (await page(...asked)).slice(0, 1 + sent.length);

  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual([1, 2, 3]);
  expect(queued).toEqual([[{ room: 'red', until: START + HOLD_MS }, HOLD_MS]]);
});

it('gives a wake back whose room is claimed and freed three times meanwhile', async () => {
  const { context, queued } = createRelay();
  context.cursors.claim = async () => ({ kind: 'held', until: START + 1, isQueued: false, isNoted: false });
  context.cursors.noteWake = async () => false;

  expect(await relayWakes(context, [{ room: 'red' }], NEVER)).toEqual([{ room: 'red' }]);
  expect(queued).toHaveLength(3);
});

it('gives back the wakes of rooms whose cursor it cannot read, and no other', async () => {
  const { context, metrics, sent, write } = createRelay();
  await write('red', 1, 1);
  await write('blue', 1, 1);
  const { claim } = context.cursors;
  context.cursors.claim = async (room, ...asked) => {
    if (room === 'red') throw new Unavailable('Throttled.');
    return claim(room, ...asked);
  };

  expect(await relayWakes(context, [{ room: 'red' }, { room: 'blue' }], NEVER)).toEqual([{ room: 'red' }]);
  expect(sent.map(({ room }) => room)).toEqual(['blue']);
  expect(metrics.counts.EventsFailed).toBe(1);
  expect(metrics.fields).toEqual({ room: 'red', outcome: 'Unavailable', failure: 'Throttled.' });
});

it('begins no room after its time', async () => {
  const { context, sent, queued, write } = createRelay();
  await write('red', 1, 1);

  expect(await relayWakes(context, [{ room: 'red' }], START)).toEqual([]);
  expect(sent).toEqual([]);
  expect(queued).toEqual([[{ room: 'red' }, 0]]);
});

it('fails in a room whose log ends below the cursor, until an operator sends it again', async () => {
  const { context, sent, queued, write } = createRelay();
  await write('red', 1, 3);
  await relayWakes(context, [{ room: 'red' }], NEVER);
  context.log = createStores().log;
  await context.log.put('red', {
    type: 'message',
    seq: 1,
    id: 'other',
    from: ADA,
    at: START,
    text: 'restored',
  });

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(queued).toHaveLength(1);

  expect(await replayRoom(context, 'red', 1)).toBe('rewound');
  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(sent.at(-1)).toMatchObject({ seq: 1, entry: { id: 'other' } });
});

it('a replay needs something that was sent', async () => {
  const { context, write } = createRelay(async () => {
    expect(await replayRoom(context, 'red', 1)).toBe('notSentYet');
  });
  await write('red', 1, 1);
  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(await replayRoom(context, 'red', 1)).toBe('rewound');
});

it('a run ends after its page for a replay, and the next one goes back', async () => {
  const { context, sent, queued, write } = createRelay(async ({ seq }) => {
    if (seq === 60 && sent.length < 60) expect(await replayRoom(context, 'red', 2)).toBe('rewound');
  });
  await write('red', 1, 120);

  await relayWakes(context, [{ room: 'red' }], NEVER);
  expect(seqsOf(sent)).toEqual(range(1, 100));
  expect(queued).toContainEqual([{ room: 'red' }, 0]);
  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual([...range(1, 100), ...range(2, 120)]);
});

it('a replay outlives a run that does not know whether it has advanced', async () => {
  const { context, sent, write } = createRelay(async ({ seq }) => {
    if (seq === 60 && sent.length < 60) await replayRoom(context, 'red', 1);
  });
  await write('red', 1, 70);
  const { advance } = context.cursors;
  context.cursors.advance = async (...asked) => {
    if ((await advance(...asked)) || sent.length < 60) return true;
    throw new Unavailable('No answer.');
  };

  await relayWakes(context, [{ room: 'red' }], NEVER);
  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual([...range(1, 70), ...range(1, 70)]);
});

it('a replay ends the wait of a room whose sink failed', async () => {
  let isDown = false;
  const { context, sent, write } = createRelay(async () => {
    if (isDown) throw new Error('Down.');
  });
  await write('red', 1, 1);
  await relayWakes(context, [{ room: 'red' }], NEVER);
  isDown = true;
  await write('red', 2, 2);
  await relayWakes(context, [{ room: 'red' }], NEVER);
  isDown = false;

  await replayRoom(context, 'red', 1);
  await relayWakes(context, [{ room: 'red' }], NEVER);

  expect(seqsOf(sent)).toEqual([1, 1, 2]);
});

it('an erasure notes each entry of a user, also of those about others, and wakes the relay once for each room', async () => {
  const { context, queued } = createRelay();
  const { erasureNotes, wakes } = context;
  const erase = jest.fn(async () => true);
  const eraseModerator = jest.fn(async () => {});
  const store = { erase, eraseModerator } as unknown as ErasureStore;
  const erasures = erasuresWithEvents(store, erasureNotes, wakes);
  await erasures.eraseModerator('red', { seq: 9, id: 'k9' });
  for (const [room, seq] of [['red', 1] as const, ['red', 2] as const, ['blue', 1] as const])
    expect(await erasures.erase(room, { seq, id: `m${seq}`, user: 'ada' })).toBe(true);

  expect(queued).toEqual([
    [{ room: 'red' }, WAKE_DELAY_MS],
    [{ room: 'blue' }, WAKE_DELAY_MS],
  ]);
  expect((await erasureNotes.read('red', 9, 9)).map(({ id }) => id)).toEqual(['m1', 'm2', 'k9']);
  expect(erase).toHaveBeenCalledTimes(3);
  expect(eraseModerator).toHaveBeenCalledTimes(1);
});

it('an erasure erases nothing while the wake of its room is not queued', async () => {
  const { context } = createRelay();
  const erase = jest.fn(async () => true);
  const wakes = { enqueue: () => Promise.reject(new Unavailable('Throttled.')) };
  const erasures = erasuresWithEvents({ erase } as unknown as ErasureStore, context.erasureNotes, wakes);
  const slots = [1, 2].map((seq) => ({ seq, id: `m${seq}`, user: 'ada' }));

  const ends = await Promise.allSettled(slots.map((slot) => erasures.erase('red', slot)));

  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(erase).not.toHaveBeenCalled();
});
