import { draftMessage, type SendDraft } from '../../lib/delivery/entryDrafts';
import { appendEntry as writeDraft } from '../../lib/log/appendEntry';
import { traceOf } from '../../lib/log/erasureTrace';
import { type DuplicateSearch, findDuplicate } from '../../lib/log/findDuplicate';
import { MAX_COMPARED } from '../../lib/log/readRange';
import type { EntryIdentity } from '../../lib/ports/logStore';
import { Unavailable } from '../../lib/ports/unavailable';
import type { MessageEntry } from '../../lib/protocol';
import {
  ann,
  anotherContainer,
  bob,
  createHarness,
  entry,
  expire,
  fill,
  finish,
  type Harness,
  idsIn,
  MINUTE,
  NOW,
  range,
  unavailable,
  withCalls,
} from './harness';

const send = (given: Partial<SendDraft<MessageEntry>> = {}): SendDraft<MessageEntry> =>
  draftMessage({ room: 'den', id: 'my-own-id', text: 'hello', after: 0, ...given }, given.from ?? ann);

const write = (
  context: Harness,
  what: SendDraft<MessageEntry>,
  clear: Parameters<typeof writeDraft>[2],
  deadline: number,
  mayStill = async () => true,
) => writeDraft(context, what, clear, deadline, mayStill);

const mine = (seq: number) => ({ seq, id: 'my-own-id', from: ann });

/** A harness whose log counts how often it is read. */
function counting(harness: Harness) {
  let reads = 0;
  const counted = withCalls(harness, 'log', {
    readIdentities: (...asked) => {
      reads++;
      return harness.log.readIdentities(...asked);
    },
  });
  return { harness: counted, reads: () => reads };
}

const clear = (head: number) => ({ kind: 'notFound', head });
const found = (seq: number) => ({ kind: 'duplicate', seq });
const behind = { kind: 'behind' };

describe('look', () => {
  it('tells of a removal in the very row that "after" names: a client may guess its seq', async () => {
    const harness = createHarness();
    const removal = { type: 'system', seq: 1, id: 'removal', what: 'kicked', user: ann, at: NOW } as const;
    await harness.log.put('den', removal);

    expect(await findDuplicate(harness, send({ after: 1 }))).toMatchObject({ head: 1, removed: true });
  });

  it.each([
    [ann, true],
    [bob, false],
  ])('tells Ann of a removal of %j that was erased: %j', async ({ id, name }, removed) => {
    const harness = createHarness();
    const user = { id: traceOf('den', 'removal', id), name };
    await harness.log.put('den', { type: 'system', seq: 1, id: 'removal', what: 'kicked', user, at: NOW });

    expect(await findDuplicate(harness, send({ after: 1 }))).toMatchObject({ head: 1, removed });
  });

  it.each<[string, (harness: Harness) => void, Partial<SendDraft<MessageEntry>>, object]>([
    ['an empty room', () => {}, {}, clear(0)],
    ['an empty room, and a client that claims to know more', () => {}, { after: 1 }, behind],
    ['nothing above "after"', (harness) => fill(harness, 'den', [1, 2, 3]), { after: 3 }, clear(3)],
    ['others above "after"', (harness) => fill(harness, 'den', [1, 2, 3]), { after: 1 }, clear(3)],
    ['everything from the start', (harness) => fill(harness, 'den', [1, 2, 3]), { after: 0 }, clear(3)],
    ['its own id', (harness) => fill(harness, 'den', [1, mine(2), 3]), { after: 1 }, found(2)],
    ['its own id at the head', (harness) => fill(harness, 'den', [1, 2, mine(3)]), { after: 0 }, found(3)],
    [
      'the same id from another user',
      (harness) => fill(harness, 'den', [1, { ...mine(2), from: bob }]),
      { after: 1 },
      clear(2),
    ],
    ['another id of the same user', (harness) => fill(harness, 'den', [{ seq: 1, from: ann }]), {}, clear(1)],
    ['the same id in another room', (harness) => fill(harness, 'attic', [mine(1)]), {}, clear(0)],
    ['"after" above the head', (harness) => fill(harness, 'den', [1, 2]), { after: 3 }, behind],
    [
      '"after" 0 without row 1',
      (harness) => {
        fill(harness, 'den', [1, 2, 3]);
        expire(harness, 'den', [1], 'removed');
      },
      {},
      behind,
    ],
    [
      'a hole right above "after"',
      (harness) => {
        fill(harness, 'den', range(1, 6));
        expire(harness, 'den', [3, 4], 'removed');
      },
      { after: 3 },
      behind,
    ],
    [
      'a hole further up',
      (harness) => {
        fill(harness, 'den', range(1, 6));
        expire(harness, 'den', [4], 'removed');
      },
      { after: 2 },
      behind,
    ],
    [
      '"after" a row that was removed, and nothing missing above it',
      (harness) => {
        fill(harness, 'den', range(1, 6));
        expire(harness, 'den', [1, 2, 3], 'removed');
      },
      { after: 3 },
      clear(6),
    ],
    [
      'its own id beyond a hole',
      (harness) => {
        fill(harness, 'den', [1, 2, 3, mine(4)]);
        expire(harness, 'den', [2], 'removed');
      },
      { after: 1 },
      found(4),
    ],
    [
      'an expired row above "after"',
      (harness) => {
        fill(harness, 'den', [1, 2, 3]);
        expire(harness, 'den', [2], 'expired');
      },
      { after: 1 },
      behind,
    ],
    [
      '"after" an expired row',
      (harness) => {
        fill(harness, 'den', [1, 2, 3]);
        expire(harness, 'den', [1, 2], 'expired');
      },
      { after: 2 },
      clear(3),
    ],
    [
      'its own id in an expired row',
      (harness) => {
        fill(harness, 'den', [1, mine(2), 3]);
        expire(harness, 'den', [2], 'expired');
      },
      { after: 1 },
      found(2),
    ],
    [
      'as many rows as may be compared',
      (harness) => fill(harness, 'den', range(1, MAX_COMPARED + 7)),
      { after: 7 },
      clear(MAX_COMPARED + 7),
    ],
    ['one row more', (harness) => fill(harness, 'den', range(1, MAX_COMPARED + 8)), { after: 7 }, behind],
    [
      'one row more from the start',
      (harness) => fill(harness, 'den', range(1, MAX_COMPARED + 1)),
      {},
      behind,
    ],
    [
      'its own id as the last that may be compared',
      (harness) => fill(harness, 'den', [...range(1, MAX_COMPARED - 1), mine(MAX_COMPARED)]),
      {},
      found(MAX_COMPARED),
    ],
  ])('in the log: %s', async (_name, prepare, given, expected) => {
    const harness = createHarness();
    prepare(harness);

    expect(await findDuplicate(harness, send(given))).toMatchObject(expected);
  });

  it.each([
    ['of more than 500 rows: a short part and a row', 510, 0.1, 8 + 1],
    ['up to 128 KB, and a part', 400, 10, 13 + 32],
  ])('reads a range %s', async (_end, rows, readKilobytes, most) => {
    const harness = createHarness();
    fill(harness, 'den', range(1, rows));
    let read = 0;
    const long = withCalls(harness, 'log', {
      readIdentities: async (...asked) => {
        const found = await harness.log.readIdentities(...asked);
        read += found.length;
        return found.map((row) => ({ ...row, readKilobytes }));
      },
    });

    expect(await findDuplicate(long, send({ after: 1 }))).toEqual(behind);

    expect(read).toBeLessThanOrEqual(most);
  });

  const slot = (seq: number, given: Partial<EntryIdentity> = {}): EntryIdentity => ({
    seq,
    id: `id-of-${seq}`,
    user: 'bob',
    at: NOW,
    ...given,
  });

  it.each<[string, EntryIdentity[], Partial<SendDraft<MessageEntry>>, object]>([
    ['nothing above "after"', [slot(7), slot(8)], { after: 8 }, clear(8)],
    ['others above "after"', [slot(7), slot(8)], { after: 7 }, clear(8)],
    ['others from its first row on', [slot(7), slot(8)], { after: 6 }, clear(8)],
    ['all of the room', [slot(1), slot(2)], { after: 0 }, clear(2)],
    ['its own id', [slot(7), slot(8, { id: 'my-own-id', user: 'ann' })], { after: 7 }, found(8)],
    ['the same id from another user', [slot(7), slot(8, { id: 'my-own-id' })], { after: 7 }, clear(8)],
    ['its own id, not above "after"', [slot(7, { id: 'my-own-id', user: 'ann' })], { after: 7 }, clear(7)],
  ])('in memory, without reading the log: %s', async (_name, run, given, expected) => {
    const { harness, reads } = counting(createHarness());
    harness.recentLogs.remember('den', run, NOW - MINUTE + 1);

    expect(await findDuplicate(harness, send(given))).toMatchObject(expected);
    expect(reads()).toBe(0);
  });

  it.each<[string, number[], number, number]>([
    ['does not go back far enough', [7, 8], NOW, 5],
    ['ends below "after"', [1, 2, 3], NOW, 8],
    ['is a minute old', range(1, 8), NOW - MINUTE, 8],
    ['is from a clock that ran ahead', range(1, 8), NOW + MINUTE, 8],
  ])('reads the log when its memory %s', async (_name, run, at, after) => {
    const { harness, reads } = counting(createHarness());
    fill(harness, 'den', range(1, 8));
    harness.recentLogs.remember(
      'den',
      run.map((seq) => slot(seq)),
      at,
    );

    expect(await findDuplicate(harness, send({ after }))).toMatchObject(clear(8));
    expect(reads()).toBe(1);
  });

  it('remembers what it has read', async () => {
    const { harness, reads } = counting(createHarness());
    fill(harness, 'den', [1, 2, 3]);

    await findDuplicate(harness, send({ after: 1 }));
    await findDuplicate(harness, send({ id: 'another-id', after: 2 }));

    expect(reads()).toBe(1);
  });

  it('leaves it to its caller when the log cannot be read', async () => {
    const harness = withCalls(createHarness(), 'log', { readIdentities: unavailable });

    await expect(findDuplicate(harness, send())).rejects.toBeInstanceOf(Unavailable);
  });
});

describe('write', () => {
  const deadline = NOW + 20_000;
  const at = (head: number) => ({ head, n: head, superseded: [] });

  it('puts the entry above the head, as the sender and this clock have it', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2]);

    const written = await write(harness, send({ after: 2 }), at(2), deadline);

    const expected = entry(3, { id: 'my-own-id', text: 'hello', from: ann, at: NOW });
    expect(written).toMatchObject({ kind: 'written', entry: expected });
    expect(await harness.log.readForward('den', 3, 10, NOW)).toEqual([expected]);
  });

  it('remembers what it has written', async () => {
    const { harness, reads } = counting(createHarness());

    await write(harness, send(), at(0), deadline);

    expect(await findDuplicate(harness, send())).toMatchObject(found(1));
    expect(await findDuplicate(harness, send({ id: 'another-id' }))).toMatchObject(clear(1));
    expect(reads()).toBe(0);
  });

  it('goes on above more slots than are read at a time', async () => {
    const harness = createHarness();
    fill(harness, 'den', range(1, 2 * MAX_COMPARED + 3));

    const written = await finish(harness, write(harness, send(), at(0), deadline));

    expect(written).toMatchObject({ kind: 'written', entry: { seq: 2 * MAX_COMPARED + 4 } });
  });

  it('counts the messages that took the slots before it', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2, 3]);

    await finish(harness, write(harness, send(), at(0), NOW + MINUTE));

    expect(await harness.log.readIdentities('den', 4, 1)).toMatchObject([{ n: 4 }]);
  });

  it.each([
    ['a part and an empty one', 31],
    ['two parts', 40],
  ])('counts the messages, but not the changes, of %s that took its slots', async (_name, messages) => {
    const harness = createHarness();
    fill(harness, 'den', range(1, messages));
    const edit = {
      type: 'edited',
      seq: messages + 1,
      id: 'edit',
      of: 1,
      from: bob,
      text: 'new',
      at: NOW,
    } as const;
    await harness.log.put('den', edit, undefined, messages);

    await finish(harness, write(harness, send(), at(0), deadline));

    const [row] = await harness.log.readIdentities('den', messages + 2, 1);
    expect(row).toMatchObject({ id: 'my-own-id', n: messages + 1 });
  });

  it('finds its own earlier write among the slots that were taken', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2, mine(3), 4]);

    expect(await write(harness, send({ after: 1 }), at(1), deadline)).toMatchObject(found(3));
    expect(idsIn(harness, 'den')).toHaveLength(4);
  });

  it('does not take another user’s id for its own', async () => {
    const harness = createHarness();
    fill(harness, 'den', [{ seq: 1, id: 'my-own-id', from: bob }]);

    const written = await finish(harness, write(harness, send(), at(0), deadline));

    expect(written).toMatchObject({ kind: 'written', entry: { seq: 2 } });
  });

  it.each<[string, boolean, object]>([
    ['was applied: it finds itself there', true, found(1)],
    ['was not applied: it writes there', false, { kind: 'written', entry: { seq: 1 } }],
  ])('tries the same slot again after a put of unknown outcome that %s', async (_name, applied, expected) => {
    const harness = createHarness();
    const tried: number[] = [];
    const flaky = withCalls(harness, 'log', {
      put: async (room, each) => {
        tried.push(each.seq);
        if (tried.length > 1) return harness.log.put(room, each);
        if (applied) await harness.log.put(room, each);
        throw new Unavailable('no reply');
      },
    });

    const written = await finish(harness, write(flaky, send(), at(0), deadline));

    expect(written).toMatchObject(expected);
    expect(tried).toEqual([1, 1]);
    expect(idsIn(harness, 'den')).toEqual(['my-own-id']);
  });

  it('tries again when the slots that others took cannot be read', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1]);
    let reads = 0;
    const flaky = withCalls(harness, 'log', {
      readIdentities: async (...asked) => {
        if (reads++ < 3) throw new Unavailable('no reply');
        return harness.log.readIdentities(...asked);
      },
    });

    const written = await finish(harness, write(flaky, send(), at(0), deadline));

    expect(written).toMatchObject({ kind: 'written', entry: { seq: 2 } });
  });

  it('gives up after 3,000 KB of what others wrote, and a part', async () => {
    const harness = createHarness();
    fill(harness, 'den', range(1, 400));
    let read = 0;
    const long = withCalls(harness, 'log', {
      readIdentities: async (...asked) => {
        const rows = await harness.log.readIdentities(...asked);
        read += rows.length;
        return rows.map((row) => ({ ...row, readKilobytes: 50 }));
      },
    });

    expect(await finish(harness, write(long, send(), at(0), deadline))).toEqual(behind);

    expect(read * 50).toBeGreaterThan(3_000);
    expect(read * 50).toBeLessThanOrEqual(3_000 + 32 * 50);
  });

  it('goes on behind the part that it read before the database failed', async () => {
    const harness = createHarness();
    fill(harness, 'den', range(1, 100));
    const asked: number[] = [];
    const failing = withCalls(harness, 'log', {
      readIdentities: async (room, from, count) => {
        asked.push(from);
        if (asked.length === 2) throw new Unavailable('no reply');
        return harness.log.readIdentities(room, from, count);
      },
    });

    const written = await finish(harness, write(failing, send(), at(0), deadline));

    expect(written).toMatchObject({ kind: 'written', entry: { seq: 101 } });
    expect(asked).toEqual([1, 33, 33, 65, 97]);
  });

  it('gives up at its deadline', async () => {
    const harness = createHarness();
    let last = NOW;
    const dead = withCalls(harness, 'log', {
      put: async () => {
        last = harness.clock.now();
        throw new Unavailable('no reply');
      },
    });

    expect(await finish(harness, write(dead, send(), at(0), deadline))).toEqual({ kind: 'unavailable' });

    expect(last).toBeLessThan(deadline);
    expect(harness.clock.now()).toBeLessThan(deadline + 600);
  });

  it('waits longer from try to try, at random, and never long', async () => {
    const harness = createHarness();
    const tries: number[] = [];
    const dead = withCalls({ ...harness, random: () => 0.999 }, 'log', {
      put: async () => {
        tries.push(harness.clock.now() - NOW);
        throw new Unavailable('no reply');
      },
    });

    await finish(harness, write(dead, send(), at(0), NOW + 3_000));

    const waits = tries.slice(1).map((time, i) => Math.round(time - (tries[i] ?? 0)));
    expect(waits.slice(0, 7)).toEqual([20, 40, 80, 160, 320, 500, 500]);
  });

  it('does not hide an error that will not pass', async () => {
    const broken = withCalls(createHarness(), 'log', {
      put: async () => {
        throw new TypeError('a bug');
      },
    });

    await expect(write(broken, send(), at(0), deadline)).rejects.toThrow('a bug');
  });

  it.each<[string, (harness: Harness) => void]>([
    ['is gone when it looks', (harness) => expire(harness, 'den', [2], 'removed')],
    ['lies below a hole', (harness) => expire(harness, 'den', [3], 'removed')],
  ])('does not guess when the taken slot %s', async (_name, change) => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2, 3, 4]);
    const odd = withCalls(harness, 'log', {
      put: async () => {
        change(harness);
        return 'taken';
      },
    });

    expect(await write(odd, send({ after: 1 }), at(1), deadline)).toMatchObject(behind);
  });

  it('tells which rows below it have no expiry yet', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2, 3, 4]);
    expire(harness, 'den', [1, 3], 'expired');
    const looked = await findDuplicate(harness, send({ after: 1 }));
    const known: DuplicateSearch = {
      kind: 'notFound',
      head: 2,
      n: 2,
      superseded: [{ seq: 2, id: 'x', user: 'bob', at: NOW }],
    };

    const written = await finish(harness, write(harness, send({ after: 1 }), known, deadline));

    expect(looked).toMatchObject(behind);
    expect(written).toMatchObject({ kind: 'written', superseded: [{ seq: 2 }, { seq: 4 }] });
  });
});

describe('a send and its late copies', () => {
  const attempt = async (harness: Harness, given: Partial<SendDraft<MessageEntry>>, deadline: number) => {
    const looked = await findDuplicate(harness, send(given));
    return looked.kind === 'notFound' ? write(harness, send(given), looked, deadline) : looked;
  };

  it('writes nothing when it starts after its repeat has finished, whatever it remembers', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2]);
    const stale = anotherContainer(harness);
    await findDuplicate(stale, send({ id: 'another-id', after: 2 }));
    await attempt(harness, { after: 2 }, NOW + 20_000);
    fill(harness, 'den', [4, 5]);

    expect(await attempt(stale, { after: 2 }, NOW + 20_000)).toMatchObject(found(3));
    expect(idsIn(harness, 'den').filter((id) => id === 'my-own-id')).toHaveLength(1);
  });

  it('writes nothing when it was held up between its look and its put', async () => {
    const harness = createHarness();
    const looked = await findDuplicate(harness, send());
    await attempt(anotherContainer(harness), {}, NOW + 20_000);

    expect(
      await write(harness, send(), { head: 0, n: 0, superseded: [], ...looked }, NOW + 20_000),
    ).toMatchObject(found(1));
    expect(idsIn(harness, 'den')).toEqual(['my-own-id']);
  });

  it('does not even try once its time is over', async () => {
    const harness = createHarness();
    const puts: number[] = [];
    const observed = withCalls(harness, 'log', {
      put: async (room, each) => {
        puts.push(each.seq);
        return harness.log.put(room, each);
      },
    });
    await harness.clock.runUntil(NOW + 20_000);

    expect(await write(observed, send(), { head: 0, n: 0, superseded: [] }, NOW + 20_000)).toEqual({
      kind: 'unavailable',
    });
    expect(puts).toEqual([]);
  });

  it('is written once by ten copies at once, and told the same seq', async () => {
    const harness = createHarness();
    fill(harness, 'den', [1, 2]);
    const copies = range(1, 10).map(() => attempt(anotherContainer(harness), { after: 1 }, NOW + 20_000));

    const outcomes = await finish(harness, Promise.all(copies));

    expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'duplicate')).toEqual(
      Array(9).fill(expect.objectContaining(found(3))),
    );
    expect(idsIn(harness, 'den')).toEqual(['id-of-1', 'id-of-2', 'my-own-id']);
  });

  it('shares a room without a gap or a double among twenty writers', async () => {
    const harness = createHarness();
    const writer = async (who: number) => {
      const container = anotherContainer(harness);
      for (const n of range(1, 10)) {
        const written = await attempt(container, { id: `writer-${who}-${n}`, after: 0 }, NOW + 60_000);
        expect(written.kind).toBe('written');
      }
    };

    await finish(harness, Promise.all(range(1, 20).map(writer)));

    const ids = idsIn(harness, 'den');
    expect(ids).toHaveLength(200);
    expect(new Set(ids).size).toBe(200);
    expect(ids).not.toContain(undefined);
  });
});

it.each([
  ['first', ['removal', 'other']],
  ['last', ['other', 'removal']],
])('writes nothing above a removal that is the %s of the rows that came between', async (_name, between) => {
  const harness = createHarness();
  const removal = { type: 'system', id: 'removal', what: 'kicked', user: ann, at: NOW } as const;
  for (const [i, what] of between.entries())
    await harness.log.put('den', what === 'removal' ? { ...removal, seq: i + 1 } : entry(i + 1));

  const appended = write(harness, send(), { head: 0, n: 0, superseded: [] }, NOW + MINUTE, async () => false);

  expect(await finish(harness, appended)).toEqual({ kind: 'removed' });
  expect(idsIn(harness, 'den')).toHaveLength(2);
});
