import { fill, MINUTE, range } from './harness';
import { createLiveHarness } from './liveHarness';

jest.setTimeout(120_000);

it('a client sends the backlog of ten rooms within 1.2 times what its bucket needs, and is no flood', async () => {
  const live = createLiveHarness();
  const chat = live.chat('ann');
  const rooms = range(1, 10).map((n) => chat.room(`room-${n}`));
  const sent = rooms.flatMap((room) => range(1, 20).map((n) => room.send(`${room.name} ${n}`)));
  let last = 0;
  for (const each of sent)
    void each.then(() => {
      last = live.core.clock.now();
    });
  const began = live.core.clock.now();
  chat.connect();

  await live.pass(MINUTE);

  await Promise.all(sent);
  expect(live.core.closed).toEqual([]);
  const bucketNeedsMs = ((200 - 20) / 5) * 1_000;
  console.log(`200 sends took ${Math.round(last - began)} ms; the bucket needs ${bucketNeedsMs} ms`);
  expect(last - began).toBeLessThan(1.2 * bucketNeedsMs);
});

it('a client catches up with 50 rooms of 1,000 missed entries within a minute, and is no flood', async () => {
  const live = createLiveHarness();
  const chat = live.chat('ann');
  const rooms = range(1, 50).map((n) => chat.room(`room-${n}`));
  chat.connect();
  for (const room of rooms) room.join().catch(() => {});
  await live.pass(10_000);
  for (const line of live.lines.values()) line.end();
  for (const { name } of rooms) fill(live.core, name, range(1, 1_000));
  const began = live.core.clock.now();
  let last = 0;
  for (const room of rooms)
    room.on('message', ({ seq }) => {
      if (seq === 1_000) last = live.core.clock.now();
    });

  await live.pass(2 * MINUTE);

  expect(rooms.map((room) => room.snapshot.cursor)).toEqual(Array(50).fill(1_000));
  console.log(`50 rooms took ${Math.round(last - began)} ms`);
  expect(last - began).toBeLessThan(MINUTE);
  expect(live.core.closed).toEqual([]);
});

it('five tabs of a user that wait for one bucket are no flood', async () => {
  const live = createLiveHarness();
  const tabs = range(1, 5).map(() => live.chat('ann'));
  const sent = tabs.flatMap((tab, number) =>
    range(1, 10).flatMap((n) => range(1, 20).map((i) => tab.room(`room-${n}`).send(`${number} ${i}`))),
  );
  for (const tab of tabs) tab.connect();

  await live.pass(3 * MINUTE);

  await Promise.all(sent);
  expect(live.core.closed).toEqual([]);
});
