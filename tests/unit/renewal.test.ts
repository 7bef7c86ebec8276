import type { Chat, ChatState } from '../../client';
import { HOUR, MINUTE, range } from './harness';
import { createLiveHarness, type LiveHarness } from './liveHarness';

jest.setTimeout(120_000);

/** Tabs of one user, all in one room. */
async function openTabs(live: LiveHarness, count: number, tokenMs?: number): Promise<Chat[]> {
  const tabs = range(1, count).map(() => live.chat('ann', {}, tokenMs));
  for (const tab of tabs) {
    tab.connect();
    tab
      .room('den')
      .join()
      .catch(() => {});
    await live.pass(1_000);
  }
  return tabs;
}

/** Sends a message a minute; gives the longest time that one took to a tab, in milliseconds. */
async function longestWay(live: LiveHarness, tabs: readonly Chat[], minutes: number): Promise<number> {
  const bo = live.chat('bo');
  bo.connect();
  await Promise.all([bo.room('den').join(), live.pass(1_000)]);
  const arrived = new Map<string, number>();
  let longest = 0;
  for (const tab of tabs)
    tab.room('den').on('message', ({ text }) => {
      arrived.set(text, (arrived.get(text) ?? 0) + 1);
      longest = Math.max(longest, live.core.clock.now() - Number(text));
    });
  for (let minute = 0; minute < minutes; minute++) {
    const text = String(live.core.clock.now());
    bo.room('den')
      .send(text)
      .catch(() => {});
    await live.pass(MINUTE);
    if (arrived.get(text) !== tabs.length) return Number.POSITIVE_INFINITY;
  }
  return longest;
}

it.each([
  ['5 tabs of 5', 5, 5],
  ['the only connection of 1', 1, 1],
])('%s renew for a day with no message late', async (_name, maxConnections, count) => {
  const live = createLiveHarness({ maxConnections });
  const tabs = await openTabs(live, count);
  const states = new Set<string>();
  for (const tab of tabs) tab.on('state', (state) => states.add(JSON.stringify(state)));

  expect(await longestWay(live, tabs, 24 * 60)).toBeLessThan(2_000);

  expect(live.outcomes).toEqual({ opened: expect.any(Number) });
  expect([...states]).toEqual([]);
});

it('a change of network brings 5 tabs of 5 back at once', async () => {
  const live = createLiveHarness();
  const tabs = await openTabs(live, 5);

  // The server hears nothing of the end of these connections.
  for (const line of live.lines.values()) line.isOpen = false;
  for (const tab of tabs) tab.connect();
  await live.pass(25_000);

  expect(tabs.map(({ state }) => state.kind)).toEqual(Array(5).fill('connected'));
  expect(live.outcomes).toEqual({ opened: 10 });
});

it('a sixth tab is told why it is refused, and comes in when another closes', async () => {
  const live = createLiveHarness();
  const tabs = await openTabs(live, 5);
  const states: ChatState[] = [];
  const sixth = live.chat('ann');
  sixth.on('state', (state) => states.push(state));
  sixth.connect();
  await live.pass(MINUTE);

  expect(sixth.state).toMatchObject({ kind: 'connecting', reason: 'tooManyConnections' });
  expect(states.filter(({ kind }) => kind === 'connected')).toEqual([]);
  expect(tabs.map(({ state }) => state.kind)).toEqual(Array(5).fill('connected'));

  tabs[0]?.close();
  await live.pass(21_000);
  expect(sixth.state).toEqual({ kind: 'connected' });
});

it('a banned user is told until when', async () => {
  const live = createLiveHarness();
  const until = live.core.clock.now() + HOUR;
  await live.core.users.addBan('ann', { room: '*', until }, live.core.clock.now());
  const chat = live.chat('ann');
  chat.connect();
  await live.pass(5 * MINUTE);

  expect(chat.state).toMatchObject({ kind: 'connecting', reason: 'banned', until });
  expect(live.outcomes.banned).toBeLessThanOrEqual(5);
});

it('a tab whose renewal was lost on its way finds out at once that its connection was given up', async () => {
  const live = createLiveHarness({ maxConnections: 1 });
  const [tab] = await openTabs(live, 1, 10 * MINUTE);
  const states: ChatState[] = [];
  tab?.on('state', (state) => states.push(state));
  live.losesHandshakes = true;
  while (live.outcomes.opened === 1) await live.pass(1_000);
  await live.pass(9_000);
  live.losesHandshakes = false;
  await live.pass(5_000);

  expect(tab?.state).toEqual({ kind: 'connected' });
  expect(live.outcomes).toEqual({ opened: 3 });
});
