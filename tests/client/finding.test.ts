import { deleteMessage, editMessage } from '../../client/editing';
import { createFinder, type Finder } from '../../client/finding';
import { turn } from './kit/clock';
import { createHarness, type Harness, lose, received, refuse, texts } from './kit/harness';

/** A room with messages 1 to `length`, one a second, of which the client holds the newest page of ten. */
async function longRoom({ length = 100, expired = 0, keepMessages = 1_000 } = {}) {
  const harness = createHarness();
  const { clock, gateway } = harness;
  gateway.pageSize = 10;
  for (let seq = 1; seq <= length; seq++) {
    gateway.post('lobby', `text ${seq}`);
    await clock.pass(1_000);
  }
  gateway.expire('lobby', expired);
  const { room } = await harness.joined();
  const finder = createFinder(room, { clock, keepMessages });
  return { ...harness, room, finder };
}

async function settled<T>({ clock }: Pick<Harness, 'clock'>, promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  await clock.pass(20_000);
  return promise;
}

const seqsOf = ({ snapshot }: Finder) => snapshot.messages.map(({ seq }) => seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

jest.setTimeout(10_000);

describe('a jump', () => {
  it('shows the entries around a message; the room stays at its live end', async () => {
    const at = await longRoom();

    expect(await settled(at, at.finder.jump(40))).toBe(40);

    expect(seqsOf(at.finder)).toEqual(range(36, 45));
    expect(at.finder.snapshot).toMatchObject({ isDetached: true, hasOlder: true });
    expect(at.room.snapshot.messages.map(({ seq }) => seq)).toEqual(range(91, 100));
    expect(at.room.snapshot.cursor).toBe(100);
  });

  it('to a message that is shown asks the server for nothing', async () => {
    const at = await longRoom();

    expect(await settled(at, at.finder.jump(95))).toBe(95);

    expect(at.finder.snapshot.isDetached).toBe(false);
    expect(received(at, 'getHistory')).toEqual([]);
  });

  it('to a message of the live end leaves the other place', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));

    await at.finder.jump(95);

    expect(at.finder.snapshot.isDetached).toBe(false);
    expect(at.finder.snapshot.messages).toEqual(at.room.snapshot.messages);
  });

  it.each([
    ['to its first message', 40, 0, 41],
    ['between two messages to the later one', 40, -500, 41],
    ['before all messages to the first', 0, -9_000, 1],
    ['after all messages to the last', 100, 5_000_000, 100],
  ])('to a time goes %s', async (_name, after, ms, seq) => {
    const at = await longRoom();
    const begin = at.gateway.entries('lobby')[0];
    const start = begin && 'at' in begin ? begin.at : 0;

    expect(await settled(at, at.finder.jump({ at: start + after * 1_000 + ms }))).toBe(seq);
    expect(seqsOf(at.finder)).toContain(seq);
  });

  it('to a time that only changes follow reads on to the next message', async () => {
    const at = await longRoom({ length: 1 });
    for (let i = 1; i <= 25; i++) await settled(at, editMessage(at.room, 1, `edit ${i}`));
    at.gateway.post('lobby', 'the next');
    for (let i = 0; i < 40; i++) at.gateway.post('lobby', `later ${i}`);
    const [, edit] = at.gateway.entries('lobby');
    await at.clock.pass(1_000);

    expect(await settled(at, at.finder.jump({ at: edit && 'at' in edit ? edit.at : 0 }))).toBe(27);
  });

  it.each([
    ['that has expired', { expired: 20 }, 5],
    ['above the head', {}, 101],
  ])('to a message %s is refused, and what was shown stays', async (_name, room, seq) => {
    const at = await longRoom(room);

    await expect(settled(at, at.finder.jump(seq))).rejects.toMatchObject({ code: 'gone' });

    expect(at.finder.snapshot).toMatchObject({ isDetached: false, messages: at.room.snapshot.messages });
  });

  it('gives way to a later one', async () => {
    const at = await longRoom();

    const first = at.finder.jump(40);
    const second = at.finder.jump(20);

    await expect(settled(at, first)).rejects.toMatchObject({ code: 'discarded' });
    expect(await second).toBe(20);
    expect(seqsOf(at.finder)).toEqual(range(16, 25));
  });

  it('survives lost replies and a rate limit', async () => {
    const at = await longRoom();
    refuse(at, 'getHistory', { code: 'rateLimited', retryAfterMs: 400 }, 2);
    let lost = 0;
    lose(at, 'reply', ({ type }) => type === 'history' && lost++ === 0);

    expect(await settled(at, at.finder.jump(40))).toBe(40);
  });

  it('ends with the reason after five attempts', async () => {
    const at = await longRoom();
    refuse(at, 'getHistory', { code: 'unavailable' }, 100);

    await expect(settled(at, at.finder.jump(40))).rejects.toMatchObject({ code: 'unavailable' });
    expect(received(at, 'getHistory')).toHaveLength(5);
  });

  it('that the server refuses for good is not tried again', async () => {
    const at = await longRoom();
    refuse(at, 'getHistory', { code: 'forbidden' }, 100);

    await expect(settled(at, at.finder.jump(40))).rejects.toMatchObject({ code: 'forbidden' });
    expect(received(at, 'getHistory')).toHaveLength(1);
  });
});

describe('a place that a jump shows', () => {
  it('grows at both ends until it reaches the live one, which it then follows', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(80));

    expect(await settled(at, at.finder.loadOlder())).toBe(true);
    expect(seqsOf(at.finder)).toEqual(range(66, 85));
    expect(await settled(at, at.finder.loadNewer())).toBe(true);
    expect(await settled(at, at.finder.loadNewer())).toBe(false);
    at.gateway.post('lobby', 'live');
    await at.clock.pass(500);

    expect(seqsOf(at.finder)).toEqual(range(66, 101));
    expect(at.finder.snapshot.isDetached).toBe(false);
  });

  it('shows no message that arrives at the live end, but tells that there are newer ones', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));
    const { messages } = at.finder.snapshot;

    at.gateway.post('lobby', 'live');
    await at.clock.pass(500);

    expect(at.finder.snapshot).toMatchObject({ isDetached: true });
    expect(at.finder.snapshot.messages).toBe(messages);
    expect(texts(at.room)).toContain('live');
  });

  it('shows edits and deletions that arrive', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));

    await settled(at, editMessage(at.room, 38, 'other words'));
    await settled(at, deleteMessage(at.room, 39));

    const [, , edited, deleted] = at.finder.snapshot.messages;
    expect(edited).toMatchObject({ seq: 38, text: 'other words', rev: 101 });
    expect(deleted).toMatchObject({ seq: 39, text: '', deleted: { seq: 102 } });
  });

  it('shows a change that overtakes its page', async () => {
    const at = await longRoom();
    at.gateway.faults.reply = (reply) => (reply.type === 'history' ? { delayMs: 1_000 } : undefined);
    const jump = at.finder.jump(40);
    await at.clock.pass(300);
    await settled(at, Promise.all([jump, editMessage(at.room, 40, 'other words')]));

    expect(at.finder.snapshot.messages).toContainEqual(
      expect.objectContaining({ seq: 40, text: 'other words' }),
    );
  });

  it('shows the changes of a page above it', async () => {
    const at = await longRoom();
    at.gateway.faults.reply = (reply) => (reply.type === 'history' ? { delayMs: 1_000 } : undefined);
    await settled(at, at.finder.jump(40));
    const newer = at.finder.loadNewer();
    await at.clock.pass(300);
    await settled(at, Promise.all([newer, editMessage(at.room, 50, 'other words')]));

    expect(at.finder.snapshot.messages).toContainEqual(
      expect.objectContaining({ seq: 50, text: 'other words' }),
    );
  });

  it('names the author as the deleter of an own message that the room does not hold', async () => {
    const at = await longRoom({ length: 1 });
    await settled(at, at.room.send('mine'));
    for (let i = 0; i < 60; i++) at.gateway.post('lobby', `later ${i}`);
    const again = await at.joined('ann');
    const finder = createFinder(again.room, { clock: at.clock });
    await settled(at, finder.jump(2));

    await settled(at, deleteMessage(again.room, 2));

    expect(finder.snapshot.messages).toContainEqual(
      expect.objectContaining({ seq: 2, deleted: { seq: 63, by: 'author' } }),
    );
  });

  it('is dropped where changes of it may have been missed', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));
    const [socket] = at.gateway.live();
    at.gateway.faults.handshake = () => 'refuse';
    if (socket) at.gateway.cut(socket);
    for (let i = 0; i < 30; i++) at.gateway.post('lobby', `missed ${i}`);
    at.gateway.expire('lobby', 110);
    at.gateway.faults.handshake = () => undefined;
    await at.clock.pass(60_000);

    expect(at.room.snapshot.gaps).toEqual([{ from: 101, to: 110 }]);
    expect(at.finder.snapshot).toMatchObject({ isDetached: false, messages: at.room.snapshot.messages });
  });

  it('is dropped with the log that it was a part of', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));

    at.gateway.logId = 'log-2';
    at.gateway.restore('lobby', []);
    await at.clock.pass(60_000);

    expect(at.finder.snapshot).toMatchObject({ isDetached: false, messages: [] });
  });

  it('gives way to the live end where what follows it has expired', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));
    at.gateway.expire('lobby', 60);

    expect(await settled(at, at.finder.loadNewer())).toBe(false);

    expect(at.finder.snapshot.messages).toEqual(at.room.snapshot.messages);
  });

  it('holds no more messages than it may', async () => {
    const at = await longRoom({ length: 400, keepMessages: 20 });
    await settled(at, at.finder.jump(40));
    for (let page = 0; page < 30; page++) await settled(at, at.finder.loadNewer());

    expect(at.finder.snapshot.messages.length).toBeLessThan(20 + 64);
    expect(at.finder.snapshot).toMatchObject({ hasOlder: true });
  });
});

describe('the live end', () => {
  it('comes back as it stands then', async () => {
    const at = await longRoom();
    await settled(at, at.finder.jump(40));
    at.gateway.post('lobby', 'live');
    await settled(at, editMessage(at.room, 95, 'other words'));

    at.finder.toLive();

    expect(at.finder.snapshot.isDetached).toBe(false);
    expect(at.finder.snapshot.messages).toEqual(at.room.snapshot.messages);
    expect(texts(at.room)).toEqual(expect.arrayContaining(['live', 'other words']));
  });

  it('calls a jump off that is under way', async () => {
    const at = await longRoom();
    const jump = at.finder.jump(40);

    at.finder.toLive();

    await expect(settled(at, jump)).rejects.toMatchObject({ code: 'discarded' });
    expect(at.finder.snapshot.isDetached).toBe(false);
  });

  it('loads older messages as the room does', async () => {
    const at = await longRoom();

    expect(await settled(at, at.finder.loadOlder())).toBe(true);
    expect(await settled(at, at.finder.loadNewer())).toBe(false);

    expect(seqsOf(at.finder)).toEqual(range(81, 100));
  });

  it('is followed until the finder stops', async () => {
    const at = await longRoom();
    let calls = 0;
    at.finder.onChange(() => calls++);
    at.gateway.post('lobby', 'one');
    await at.clock.pass(500);
    expect(calls).toBeGreaterThan(0);

    at.finder.stop();
    calls = 0;
    at.gateway.post('lobby', 'two');
    await at.clock.pass(500);
    await turn();

    expect(calls).toBe(0);
  });
});
