import { getHistory } from '../../lib/actions/getHistory';
import { readAt } from '../../lib/log/findPlace';
import type { History } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { ann, connect, createHarness, expire, fill, finish, NOW, range } from './harness';

/** A room of twenty entries, one in ten seconds, of which the third and the fourth were written by a clock that is late. */
async function room(texts: (seq: number) => string = (seq) => `text ${seq}`) {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  const lateMs = (seq: number) => (seq === 3 || seq === 4 ? 15_000 : 0);
  fill(
    harness,
    'den',
    range(1, 20).map((seq) => ({ seq, at: NOW + seq * 10_000 - lateMs(seq), text: texts(seq) })),
  );
  const read = async (position: object): Promise<History> => {
    const message = { action: 'getHistory', room: 'den', ...position } as const;
    return (await finish(harness, getHistory(harness, who, message))) as History;
  };
  return { harness, read };
}

it.each<[string, object, number[], object]>([
  ['around a seq', { around: 10, limit: 6 }, range(8, 13), { more: true, older: true }],
  ['around the first', { around: 1, limit: 6 }, range(1, 6), { more: true }],
  ['around the newest', { around: 20, limit: 6 }, range(18, 20), { more: false, older: true }],
  ['around all', { around: 10 }, range(1, 20), { more: false }],
  ['around one alone', { around: 10, limit: 1 }, [10], { more: true, older: true }],
  ['above the head', { around: 21 }, [], { more: false, reset: true }],
  ['at the time of an entry', { at: NOW + 100_000, limit: 3 }, [10, 11, 12], { more: true, older: true }],
  ['at a time between two', { at: NOW + 100_001, limit: 3 }, [11, 12, 13], { more: true, older: true }],
  ['at a time before all', { at: NOW, limit: 3 }, [1, 2, 3], { more: true }],
  ['at a time after all', { at: NOW + 900_000, limit: 3 }, [18, 19, 20], { more: false, older: true }],
])('gives a page %s', async (_name, position, seqs, rest) => {
  const { read } = await room();

  const { type: _, room: __, log: ___, messages, ...found } = await read(position);

  expect(messages.map(({ seq }) => seq)).toEqual(seqs);
  expect(found).toEqual(rest);
});

it('begins with an entry of the time or later and with an earlier one below, whatever the clocks did', async () => {
  const { harness } = await room();
  const at = new Map(
    (await harness.log.readIdentities('den', 1, 50)).map((row) => [row.seq, row.at] as const),
  );

  for (let time = NOW; time <= NOW + 200_000; time += 2_500) {
    const { messages } = await readAt(harness, 'den', time, { entries: 1, bytes: 1_000 });
    const seq = messages[0]?.seq ?? 0;
    expect(at.get(seq)).toBeGreaterThanOrEqual(time);
    expect(at.get(seq - 1) ?? 0).toBeLessThan(time);
  }
});

it('says so where the entries of a time have expired', async () => {
  const { harness, read } = await room();
  expire(harness, 'den', range(1, 8), 'removed');

  expect(await read({ at: NOW, limit: 2 })).toMatchObject({
    messages: [{ seq: 9 }, { seq: 10 }],
    truncated: true,
  });
  expect(await read({ around: 5, limit: 4 })).toMatchObject({
    messages: [{ seq: 9 }, { seq: 10 }, { seq: 11 }, { seq: 12 }],
    truncated: true,
  });
});

it('stays within a frame around the longest texts', async () => {
  const { read } = await room(() => '\u{1F984}'.repeat(4_000));

  const page = await read({ around: 10 });

  expect(page.messages.map(({ seq }) => seq)).toContain(10);
  expect(byteLength(JSON.stringify(page))).toBeLessThan(32 * 1024);
});

it('reads few rows of a long room to find a time', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  fill(
    harness,
    'den',
    range(1, 5_000).map((seq) => ({ seq, at: NOW + seq })),
  );
  const reads = jest.spyOn(harness.log, 'readIdentities');

  await finish(
    harness,
    getHistory(harness, who, { action: 'getHistory', room: 'den', at: NOW + 1_234, limit: 1 }),
  );

  expect(reads.mock.calls.length).toBeLessThanOrEqual(13);
});
