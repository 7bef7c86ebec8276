import type { Chat } from '../../client';
import { loadOlder } from '../../client/history';
import { createHarness, type Harness, lose, received, refuse, texts } from './kit/harness';

describe('history', () => {
  it('comes page by page, and tells when there is no more', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    const before = texts(room);

    const first = loadOlder(room);
    const shared = loadOlder(room);
    await harness.clock.pass(100);
    const second = loadOlder(room);
    await harness.clock.pass(100);
    const third = loadOlder(room);
    await harness.clock.pass(100);

    expect(before).toEqual(['6', '7', '8']);
    expect([await first, await shared, await second, await third]).toEqual([true, true, false, false]);
    expect(texts(room)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(received(harness, 'getHistory').map(({ before }) => before)).toEqual([6, 3]);
    expect(room.snapshot).toMatchObject({ hasOlder: false, olderExpired: false });
  });

  it('tells that older messages have expired', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    harness.gateway.expire('lobby', 4);
    const { room } = await harness.joined();

    const older = loadOlder(room);
    await harness.clock.pass(100);

    await expect(older).resolves.toBe(false);
    expect(texts(room)).toEqual(['5', '6', '7', '8']);
    expect(room.snapshot).toMatchObject({ hasOlder: false, olderExpired: true });
  });

  it('rejects where it cannot be asked', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    harness.gateway.faults.handshake = () => 'refuse';
    for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
    await harness.clock.pass(100);

    await expect(loadOlder(room)).rejects.toMatchObject({ code: 'notJoined' });
  });

  it.each([
    ['the chat is closed', 'closed', ({ chat }: { chat: Chat }) => chat.close()],
    [
      'the log turns out to be another one',
      'notJoined',
      ({ harness }: { harness: Harness }) => {
        harness.gateway.logId = 'log-2';
        for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
      },
    ],
  ])('that is waited for rejects at once when %s', async (_name, code, end) => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    const { chat, room } = await harness.joined();
    lose(harness, 'request', (frame) => frame.action === 'getHistory');

    const older = expect(loadOlder(room)).rejects.toMatchObject({ code });
    end({ chat, harness });
    await harness.clock.pass(5_000);

    await older;
  });

  it('rejects at once when the server refuses it', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 3;
    for (let i = 1; i <= 8; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined();
    refuse(harness, 'getHistory', { code: 'forbidden' });

    const older = expect(loadOlder(room)).rejects.toMatchObject({ code: 'forbidden' });
    await harness.clock.pass(1_000);

    await older;
  });

  it('keeps the newest messages and what was asked for, and can bring back the rest', async () => {
    const harness = createHarness();
    harness.gateway.pageSize = 20;
    for (let i = 1; i <= 100; i++) harness.gateway.post('lobby', `${i}`);
    const { room } = await harness.joined('ann', 'lobby', { keepMessages: 50 });
    const older = loadOlder(room);
    await harness.clock.pass(100);
    await older;

    for (let i = 101; i <= 500; i++) {
      harness.gateway.post('lobby', `${i}`);
      await harness.clock.pass(10);
    }
    await harness.clock.pass(1_000);
    const kept = texts(room).length;
    const again = loadOlder(room);
    await harness.clock.pass(100);
    await again;

    expect(kept).toBeGreaterThanOrEqual(70);
    expect(kept).toBeLessThan(70 + 64);
    const shown = texts(room).map(Number);
    expect(shown.at(-1)).toBe(500);
    expect(shown).toEqual(shown.map((_, i) => (shown[0] ?? 0) + i));
    expect(shown).toHaveLength(kept + 20);
  });
});

describe('what has changed', () => {
  it('is told once for a page, and once for an acknowledgement', async () => {
    const harness = createHarness();
    const { room } = await harness.joined();
    lose(harness, 'push', () => true);
    for (let i = 1; i <= 100; i++) harness.gateway.post('lobby', `${i}`);
    const told: string[] = [];
    room.on('message', ({ text }) => told.push(text));
    room.on('change', () => told.push('change'));

    await harness.clock.pass(60_000);
    const page = told.splice(0);
    const sent = room.send('mine');
    await harness.clock.pass(0);
    told.length = 0;
    await harness.clock.pass(1_000);

    await sent;
    expect(page.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => `${i + 1}`));
    expect(page.slice(100)).toEqual(['change']);
    expect(told).toEqual(['mine', 'change']);
  });
});
