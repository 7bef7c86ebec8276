import type { Requester } from '../../lib/auth/requester';
import { LIMITS, REASON_CHARACTERS, type Reply, type User } from '../../lib/protocol';
import { ann, bob, connect, createHarness, expire, fill, type Harness, HOUR, NOW, range } from './harness';
import { askInDen as ask, type Frame, readPages } from './roomOfTwo';

const mo: User = { id: 'mo', name: 'Mo' };
const DAY = 24 * HOUR;

const report = (harness: Harness, who: Requester, of: number, reason?: string): Promise<Reply> =>
  ask(harness, who, { action: 'report', of, reason });

async function readQueue(harness: Harness, who: Requester, room = 'den') {
  const pages = await readPages(harness, who, 'queue', { action: 'getQueue', room });
  return pages.flatMap(({ items }) => items);
}

async function den(texts: readonly string[] = ['one', 'two', 'three']) {
  const harness = createHarness();
  fill(
    harness,
    'den',
    texts.map((text, i) => ({ seq: i + 1, text })),
  );
  const reader = { ...(await connect(harness, 'ann-1', ann, ['den'])), permissions: '*:r' };
  const moderator = await connect(harness, 'mo-1', mo);
  return { harness, reader, moderator };
}

describe('a report', () => {
  it('of a reader shows the message to moderators, as it stands now', async () => {
    const { harness, reader, moderator } = await den();

    expect(await report(harness, reader, 2, 'Spam')).toEqual({ type: 'ok', action: 'report', room: 'den' });

    const at = expect.any(Number);
    const message = { seq: 2, at: NOW, from: bob, text: 'two' };
    expect(await readQueue(harness, moderator)).toEqual([
      { kind: 'report', of: 2, user: ann, reason: 'Spam', at, message },
    ]);
    expire(harness, 'den', [2], 'expired');
    expect(await readQueue(harness, moderator)).toEqual([
      { kind: 'report', of: 2, user: ann, reason: 'Spam', at },
    ]);
  });

  it.each([
    ['a message that is not there', 9, 'gone'],
    ['no message', 0, 'badField'],
  ])('of %s is refused', async (_name, of, code) => {
    const { harness, reader } = await den();

    expect(await report(harness, reader, of)).toMatchObject({ code });
  });

  it('needs the right to read, and the connection in the room', async () => {
    const { harness, reader } = await den();
    const outside = { ...(await connect(harness, 'bob-1', bob)), permissions: '*:r' };

    expect(await report(harness, outside, 2)).toMatchObject({ code: 'notMember' });
    expect(await report(harness, { ...reader, permissions: '*:wm' }, 2)).toMatchObject({ code: 'forbidden' });
  });

  it('ends when a moderator resolves it, or after 30 days', async () => {
    const { harness, reader, moderator } = await den();
    for (const seq of [1, 2]) await report(harness, reader, seq);

    const reply = await ask(harness, moderator, { action: 'resolveReports', of: 1 });

    expect(reply).toEqual({ type: 'ok', action: 'resolveReports', room: 'den' });
    expect(harness.metrics.fields).toMatchObject({ action: 'resolveReports', userId: 'mo', seq: 1 });
    expect((await readQueue(harness, moderator)).map((item) => item.kind === 'report' && item.of)).toEqual([
      2,
    ]);
    await harness.clock.runUntil(NOW + 31 * DAY);
    const later = { ...moderator, expiresAt: NOW + 32 * DAY };
    await connect(harness, 'mo-2', mo, [], NOW + 32 * DAY);
    expect(await readQueue(harness, { ...later, id: 'mo-2' })).toEqual([]);
  });

  it('is refused above 50 open ones of a user', async () => {
    const { harness, reader } = await den(range(1, 51).map((seq) => `text ${seq}`));
    for (const seq of range(1, 50)) {
      expect(await report(harness, reader, seq)).toMatchObject({ type: 'ok' });
      await harness.clock.runUntil(harness.clock.now() + 1_000);
    }

    expect(await report(harness, reader, 51)).toMatchObject({ code: 'tooMany' });
    expect(await report(harness, reader, 50, 'Again')).toMatchObject({ type: 'ok' });
  });

  it('is the 20th of a message at most', async () => {
    const { harness, moderator } = await den();
    for (const i of range(1, 21)) {
      const who = await connect(harness, `reader-${i}`, { id: `reader-${i}`, name: 'R' }, ['den']);
      expect(await report(harness, who, 1)).toMatchObject({ type: 'ok' });
    }

    expect(await readQueue(harness, moderator)).toHaveLength(20);
  });
});

describe('the queue', () => {
  it.each<Frame>([{ action: 'getQueue' }, { action: 'resolveReports', of: 1 }])(
    'is for moderators alone: $action',
    async (frame) => {
      const { harness, reader } = await den();

      expect(await ask(harness, { ...reader, permissions: '*:rw' }, frame)).toMatchObject({
        code: 'forbidden',
      });
    },
  );

  it('fits into frames however long everything is', async () => {
    const { harness, moderator } = await den();
    const longest = { id: '"'.repeat(128), name: '🦄'.repeat(LIMITS.nameCharacters), role: '"'.repeat(32) };
    fill(
      harness,
      'long',
      range(1, 30).map((seq) => ({ seq, text: '🦄'.repeat(LIMITS.textCharacters), from: longest })),
    );
    for (const seq of range(1, 30))
      await harness.reports.add(
        'long',
        { of: seq, user: longest, reason: '🦄'.repeat(REASON_CHARACTERS), at: NOW },
        { perMessage: 20, perUser: 50, until: NOW + HOUR },
      );

    expect(await readQueue(harness, moderator, 'long')).toHaveLength(30);
  });
});
