import { handleModeratorAction, handleRoomAction } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { LIMITS, parseServerFrame, REASON_CHARACTERS, type Reply, type User } from '../../lib/protocol';
import { byteLength } from '../../lib/protocol/byteLength';
import {
  ann,
  bob,
  connect,
  createHarness,
  expire,
  fill,
  finish,
  type Harness,
  HOUR,
  NOW,
  range,
} from './harness';

const mo: User = { id: 'mo', name: 'Mo' };
const DAY = 24 * HOUR;

const report = (harness: Harness, who: Requester, of: number, reason?: string): Promise<Reply> =>
  finish(
    harness,
    handleRoomAction(harness, who, JSON.stringify({ action: 'report', room: 'den', of, reason })),
  );

const moderate = (harness: Harness, who: Requester, frame: object): Promise<Reply> =>
  finish(harness, handleModeratorAction(harness, who, JSON.stringify({ room: 'den', ...frame })));

async function readQueue(harness: Harness, who: Requester, room = 'den') {
  const items = [];
  let from: string | undefined;
  do {
    const reply = await moderate(harness, who, { action: 'getQueue', room, from });
    if (reply.type !== 'queue') throw new Error(`The reply is ${JSON.stringify(reply)}.`);
    expect(parseServerFrame(JSON.stringify(reply))).toEqual(reply);
    expect(byteLength(JSON.stringify(reply))).toBeLessThanOrEqual(LIMITS.serverFrameBytes);
    items.push(...reply.items);
    from = reply.next;
  } while (from !== undefined);
  return items;
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

    const reply = await moderate(harness, moderator, { action: 'resolveReports', of: 1 });

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
  it.each(['getQueue', 'resolveReports'])('is for moderators alone: %s', async (action) => {
    const { harness, reader } = await den();
    const frame = action === 'getQueue' ? { action } : { action, of: 1 };

    expect(await moderate(harness, { ...reader, permissions: '*:rw' }, frame)).toMatchObject({
      code: 'forbidden',
    });
  });

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
