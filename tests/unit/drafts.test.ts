import { draft } from '../../lib/actions/draft';
import { getDraft } from '../../lib/actions/getDraft';
import type { Requester } from '../../lib/auth/requester';
import { LIMITS } from '../../lib/protocol';
import { createCharge, SYNCS } from '../../lib/rateLimiting/tokenBucket';
import { ann, bob, connect, createHarness, finish, type Harness, HOUR, NOW, range } from './harness';

const write = (harness: Harness, who: Requester, given: object = {}) =>
  finish(
    harness,
    draft(harness, who, {
      action: 'draft',
      room: 'den',
      of: 1,
      generation: 1,
      offset: 0,
      text: 'so',
      ...given,
    }),
  );

const read = (harness: Harness, who: Requester, user = 'ann') =>
  finish(harness, getDraft(harness, who, { action: 'getDraft', room: 'den', of: 1, user }));

async function room() {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  const reader = await connect(harness, 'bob-1', bob, ['den']);
  return { harness, who, reader, told: () => harness.posts.map(({ to, frame }) => ({ to, frame })) };
}

it('is told to the others as it grows, and read as a whole', async () => {
  const { harness, who, reader, told } = await room();

  await write(harness, who);
  expect(await write(harness, who, { offset: 2, text: ' far' })).toEqual({
    type: 'ok',
    action: 'draft',
    room: 'den',
  });

  const part = { type: 'draft', room: 'den', of: 1, generation: 1, from: ann };
  expect(told()).toEqual([
    { to: 'bob-1', frame: { ...part, offset: 0, text: 'so' } },
    { to: 'bob-1', frame: { ...part, offset: 2, text: ' far' } },
  ]);
  expect(await read(harness, reader)).toEqual({ ...part, offset: 0, text: 'so far' });
});

it('is told once more when its part comes again, and not when the part does not fit', async () => {
  const { harness, who, told } = await room();
  await write(harness, who);

  expect(await write(harness, who)).toMatchObject({ type: 'ok' });
  expect(await write(harness, who, { offset: 3 })).toMatchObject({ code: 'conflict' });
  expect(await write(harness, who, { generation: 2, offset: 1 })).toMatchObject({ code: 'conflict' });

  expect(told()).toHaveLength(2);
});

it('ends with nothing left to read', async () => {
  const { harness, who, reader, told } = await room();
  await write(harness, who);

  await write(harness, who, { offset: 2, text: undefined });

  expect(told().at(-1)?.frame).toEqual({
    type: 'draft',
    room: 'den',
    of: 1,
    generation: 1,
    offset: 2,
    from: ann,
  });
  expect(await read(harness, reader)).toMatchObject({ code: 'gone' });
  expect(await write(harness, who, { offset: 2, text: 'late' })).toMatchObject({ code: 'conflict' });
});

it('has at most the characters of a message', async () => {
  const { harness, who, told } = await room();
  const most = LIMITS.textCharacters;
  await write(harness, who, { text: '🦄'.repeat(most - 1) });

  expect(await write(harness, who, { offset: most - 1, text: '🦄🦄' })).toMatchObject({ code: 'tooLarge' });
  expect(await write(harness, who, { offset: most - 1, text: '🦄' })).toMatchObject({ type: 'ok' });
  expect(told()).toHaveLength(2);
});

it('is shown nowhere in a deployment that reviews words', async () => {
  const { harness, who, told } = await room();
  const reviewing = { ...harness, settings: { ...harness.settings, reviews: true } };

  expect(await write(reviewing, who)).toMatchObject({ code: 'forbidden' });
  expect(told()).toEqual([]);
});

it('is given to nobody outside the room, not to somebody removed while it is read either', async () => {
  const { harness, who, reader } = await room();
  await write(harness, who);
  const outside = await connect(harness, 'eve-1', { id: 'eve', name: 'Eve' }, []);
  const removing = {
    ...harness,
    drafts: {
      ...harness.drafts,
      async read(...asked: Parameters<typeof harness.drafts.read>) {
        await harness.connections.leave('bob-1', 'den', createCharge(SYNCS, NOW), NOW + HOUR);
        return harness.drafts.read(...asked);
      },
    },
  };

  expect(await read(harness, outside)).toMatchObject({ code: 'notMember' });
  expect(await write(harness, outside)).toMatchObject({ code: 'notMember' });
  expect(await read(removing, reader)).toMatchObject({ code: 'notMember' });
});

it('has a bucket of its own: ten at once', async () => {
  const { harness, who, told } = await room();

  for (const offset of range(0, 12)) await write(harness, who, { offset, text: 'x' });

  expect(told()).toHaveLength(10);
  expect(await write(harness, who, { offset: 10, text: 'x' })).toMatchObject({ code: 'rateLimited' });
});
