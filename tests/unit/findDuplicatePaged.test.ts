import { draftMessage } from '../../lib/delivery/entryDrafts';
import { findDuplicatePaged } from '../../lib/log/findDuplicatePaged';
import { ann, createHarness, fill, range, withCalls } from './harness';

const PAGE_SIZE = 128;
const draft = (after: number) => draftMessage({ room: 'den', id: 'my-own-id', text: 'hello', after }, ann);

it.each([1, 9_000])('searches a range above %d that is too long for a send to its head', async (after) => {
  const harness = createHarness();
  const head = after + 1_000;
  fill(harness, 'den', range(after, head));

  expect(await findDuplicatePaged(harness, draft(after), PAGE_SIZE)).toMatchObject({
    kind: 'notFound',
    head,
    removed: false,
  });
});

it('finds the draft anywhere above the cursor, and not in the row that the cursor names', async () => {
  const harness = createHarness();
  const own = { id: 'my-own-id', from: ann };
  fill(harness, 'den', [{ seq: 1, ...own }, ...range(2, 1_000)]);

  expect(await findDuplicatePaged(harness, draft(0), PAGE_SIZE)).toMatchObject({ kind: 'duplicate', seq: 1 });
  expect(await findDuplicatePaged(harness, draft(1), PAGE_SIZE)).toMatchObject({ kind: 'notFound' });
});

it('tells of a removal in any page of a long range', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 1_000));
  const rows = harness.rows.get('den');
  if (rows) rows[700] = { entry: { type: 'system', seq: 700, id: 'kick', what: 'kicked', user: ann, at: 1 } };

  expect(await findDuplicatePaged(harness, draft(1), PAGE_SIZE)).toMatchObject({ removed: true });
});

it('gives up after ten thousand rows', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 11_000));
  const read = jest.spyOn(harness.log, 'readIdentities');

  expect(await findDuplicatePaged(harness, draft(1), PAGE_SIZE)).toEqual({ kind: 'behind' });

  const rows = read.mock.calls.reduce((sum, [, , limit]) => sum + limit, 0);
  expect(rows).toBeLessThan(10_400);
});

it('gives up after 3,000 KB, and a page', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 5_000));
  let read = 0;
  const long = withCalls(harness, 'log', {
    async readIdentities(...asked) {
      const rows = await harness.log.readIdentities(...asked);
      read += rows.length;
      return rows.map((row) => ({ ...row, readKilobytes: 10 }));
    },
  });

  expect(await findDuplicatePaged(long, draft(1), PAGE_SIZE)).toEqual({ kind: 'behind' });

  // The short search before it reads 128 KB, and a part of 32 rows.
  expect(read * 10).toBeLessThanOrEqual(128 + 320 + 3_000 + (PAGE_SIZE + 1) * 10);
});
