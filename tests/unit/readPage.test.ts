import fc from 'fast-check';
import { budgetFor, readAfter, readBefore, readHead } from '../../lib/log/readPage';
import { LIMITS, type Page } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import { createHarness, entry, expire, fill, type Harness, range } from './harness';

type Expected = Partial<Page> & { seqs: number[] };

const seqs = (page: Page) => page.messages.map(({ seq }) => seq);

const summary = ({ messages, ...flags }: Page) => ({ seqs: messages.map(({ seq }) => seq), ...flags });

/** A harness whose room has entries up to `head`, some of them expired. */
function stageWith(head: number, expired: readonly number[] = []): Harness {
  const harness = createHarness();
  fill(harness, 'den', range(1, head));
  expire(harness, 'den', expired, 'expired');
  return harness;
}

describe('reading on from a cursor', () => {
  it.each<[string, number, number[], number, Expected]>([
    ['an empty room from the start', 0, [], 0, { seqs: [], more: false }],
    ['an empty room from further up', 0, [], 3, { seqs: [], more: false, reset: true }],
    ['an empty room from just above its start', 0, [], 1, { seqs: [], more: false, reset: true }],
    ['nothing new', 5, [], 5, { seqs: [], more: false }],
    ['all of it', 5, [], 0, { seqs: [1, 2, 3, 4, 5], more: false }],
    ['what follows', 5, [], 2, { seqs: [3, 4, 5], more: false }],
    ['a cursor above the head', 5, [], 6, { seqs: [], more: false, reset: true }],
    ['a whole page', 101, [], 1, { seqs: range(2, 101), more: false }],
    ['more than a page', 102, [], 1, { seqs: range(2, 101), more: true }],
    ['more than a page from the start', 101, [], 0, { seqs: range(1, 100), more: true }],
    ['rows that expired right above', 5, [1, 2, 3], 1, { seqs: [4, 5], more: false, truncated: true }],
    ['rows that expired from the start on', 5, [1, 2, 3], 0, { seqs: [4, 5], more: false, truncated: true }],
    ['rows that expired below', 5, [1, 2, 3], 3, { seqs: [4, 5], more: false }],
    ['everything but the head expired', 5, [1, 2, 3, 4], 0, { seqs: [5], more: false, truncated: true }],
    ['a hole further up', 8, [4, 5], 2, { seqs: [3], more: true }],
    ['a hole next', 8, [4, 5], 3, { seqs: [6, 7, 8], more: false, truncated: true }],
  ])('gives %s', async (_name, head, expired, after, expected) => {
    const page = await readAfter(stageWith(head, expired), 'den', after, budgetFor(100));

    expect(summary(page)).toEqual(expected);
  });

  it('keeps to the number asked for', async () => {
    const page = await readAfter(stageWith(10), 'den', 3, budgetFor(2));

    expect(summary(page)).toEqual({ seqs: [4, 5], more: true });
  });
});

describe('reading back from a seq', () => {
  it.each<[string, number, number[], number | undefined, Expected]>([
    ['an empty room', 0, [], undefined, { seqs: [], more: false }],
    ['an empty room from further up', 0, [], 9, { seqs: [], more: false }],
    ['all of it', 5, [], undefined, { seqs: [1, 2, 3, 4, 5], more: false }],
    ['what precedes', 5, [], 4, { seqs: [1, 2, 3], more: false }],
    ['nothing before the first', 5, [], 1, { seqs: [], more: false }],
    ['nothing before zero', 5, [], 0, { seqs: [], more: false }],
    ['all of it from just above the head', 5, [], 6, { seqs: [1, 2, 3, 4, 5], more: false }],
    ['all of it from far above the head', 5, [], 99, { seqs: [1, 2, 3, 4, 5], more: false }],
    ['a whole page', 100, [], undefined, { seqs: range(1, 100), more: false }],
    ['more than a page', 101, [], undefined, { seqs: range(2, 101), more: true }],
    ['more than a page from further down', 150, [], 120, { seqs: range(20, 119), more: true }],
    [
      'rows down to those that expired',
      5,
      [1, 2],
      undefined,
      { seqs: [3, 4, 5], more: false, truncated: true },
    ],
    ['the head alone', 5, [1, 2, 3, 4], undefined, { seqs: [5], more: false, truncated: true }],
    ['a hole just below', 8, [5], 6, { seqs: [], more: false, truncated: true }],
    ['a hole further down', 8, [4, 5], undefined, { seqs: [6, 7, 8], more: false, truncated: true }],
    ['below the floor, where a row is left', 8, [4, 5], 4, { seqs: [1, 2, 3], more: false }],
  ])('gives %s', async (_name, head, expired, before, expected) => {
    const page = await readBefore(stageWith(head, expired), 'den', before, budgetFor(100));

    expect(summary(page)).toEqual(expected);
  });

  it('keeps to the number asked for', async () => {
    const page = await readBefore(stageWith(10), 'den', 8, budgetFor(2));

    expect(summary(page)).toEqual({ seqs: [6, 7], more: true });
  });
});

it.each<[string, number, number[], number]>([
  ['an empty room', 0, [], 0],
  ['a room', 5, [], 5],
  ['a room with nothing but its head', 5, [1, 2, 3, 4], 5],
])('tells the head of %s', async (_name, head, expired, expected) => {
  expect(await readHead(stageWith(head, expired), 'den')).toBe(expected);
});

describe('walking through the log page by page', () => {
  const log = fc
    .integer({ min: 1, max: 40 })
    .chain((head) =>
      fc.tuple(fc.constant(head), fc.subarray(range(1, head - 1)), fc.integer({ min: 1, max: 7 })),
    );

  it('upwards shows every row there is once, and tells of every hole', async () => {
    await fc.assert(
      fc.asyncProperty(log, async ([head, expired, limit]) => {
        const harness = stageWith(head, expired);
        const seen: number[] = [];
        const holes: number[] = [];
        for (let after = 0, more = true; more; after = seen.at(-1) ?? 0) {
          const page = await readAfter(harness, 'den', after, budgetFor(limit));
          const [first = 0, ...rest] = seqs(page);
          if (page.truncated) holes.push(first);
          expect(page.truncated ?? false).toBe(first !== after + 1);
          expect(rest).toEqual(range(first + 1, first + rest.length));
          seen.push(...seqs(page));
          more = page.more;
        }
        const live = range(1, head).filter((seq) => !expired.includes(seq));
        expect(seen).toEqual(live);
        expect(holes).toEqual(live.filter((seq, i) => seq !== (live[i - 1] ?? 0) + 1));
      }),
    );
  });

  it('downwards shows every row down to the floor once, and tells of what has expired there', async () => {
    await fc.assert(
      fc.asyncProperty(log, async ([head, expired, limit]) => {
        const harness = stageWith(head, expired);
        const floor = Math.max(0, ...expired) + 1;
        const seen: number[] = [];
        let page = await readBefore(harness, 'den', undefined, budgetFor(limit));
        seen.unshift(...seqs(page));
        while (page.more) {
          page = await readBefore(harness, 'den', seen[0], budgetFor(limit));
          seen.unshift(...seqs(page));
        }
        expect(seen).toEqual(range(floor, head));
        expect(page.truncated ?? false).toBe(floor > 1);
      }),
    );
  });
});

describe('the size of a page', () => {
  const longest = 'r'.repeat(64);
  const frame = (page: Page) =>
    byteLength(
      JSON.stringify({ type: 'history', room: longest, log: 'l'.repeat(16), ref: '"'.repeat(32), ...page }),
    );

  it.each([
    ['four-byte characters', '🦄'.repeat(4000), 1],
    ['two-byte characters', 'é'.repeat(4000), 3],
    ['characters that are escaped', '"'.repeat(4000), 3],
    ['newlines', '\n'.repeat(4000), 3],
    ['letters', 'x'.repeat(4000), 6],
  ])('is at most one frame: the longest texts of %s', async (_name, text, expected) => {
    const harness = createHarness();
    const from = { id: 'u'.repeat(128), name: '🦄'.repeat(64) };
    fill(
      harness,
      'den',
      range(1, 20).map((seq) => ({ seq, text, from, id: 'i'.repeat(64) })),
    );

    const up = await readAfter(harness, 'den', 0, budgetFor(100));
    const down = await readBefore(harness, 'den', undefined, budgetFor(100));

    expect(seqs(up)).toEqual(range(1, expected));
    expect(seqs(down)).toEqual(range(21 - expected, 20));
    expect([up.more, down.more]).toEqual([true, true]);
    expect(frame(up)).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
    expect(frame(down)).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
  });

  it('is at most one frame, and at least one entry, whatever the texts', async () => {
    const text = fc
      .tuple(fc.constantFrom('🦄', 'é', '"', '\n', 'x', '\u2028'), fc.integer({ min: 1, max: 4000 }))
      .map(([character, times]) => character.repeat(times));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 30 }), async (texts) => {
        const harness = createHarness();
        fill(
          harness,
          'den',
          texts.map((each, i) => ({ ...entry(i + 1), text: each })),
        );
        const pages = [
          await readAfter(harness, 'den', 0, budgetFor(100)),
          await readBefore(harness, 'den', undefined, budgetFor(100)),
        ];
        for (const page of pages) {
          expect(frame(page)).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
          expect(page.messages.length).toBeGreaterThan(0);
          expect(page.more).toBe(page.messages.length < texts.length);
        }
      }),
      { numRuns: 30 },
    );
  });
});
