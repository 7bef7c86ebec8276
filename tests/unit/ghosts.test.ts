import { createPresence, type Presence } from '../../client/presence';
import { MINUTE } from './harness';
import { createLiveHarness, type LiveHarness } from './liveHarness';

/** PROTOCOL.md: a user counts as gone after 90 s; the page shows a lost user for 5 s more. */
const LEASE_AND_DELAY_MS = 95_000;

/** A user whose page shows the members of a room. */
async function enter(live: LiveHarness, user: string): Promise<{ presence: Presence }> {
  const chat = live.chat(user);
  const presence = createPresence(chat, 'den', { clock: live.core.clock });
  chat.connect();
  await Promise.all([chat.room('den').join(), live.pass(1_000)]);
  return { presence };
}

const shown = ({ presence }: { presence: Presence }) =>
  presence.snapshot.members.map(({ id }) => id).toSorted();

it.each([
  ['the last of three by id', 'cy', 30_000],
  ['the first of three by id', 'an', 60_000],
])('%s dies without a word and is shown no longer than the protocol says', async (_name, dead, askMs) => {
  const live = createLiveHarness();
  const users = ['an', 'bo', 'cy'];
  const people = [];
  for (const user of users) people.push({ user, ...(await enter(live, user)) });
  const alive = people.filter(({ user }) => user !== dead);
  await live.pass(MINUTE);
  live.cutOff.add(dead);
  const died = live.core.clock.now();

  while (alive.some((person) => shown(person).includes(dead)) && live.core.clock.now() < died + 10 * MINUTE)
    await live.pass(1_000);

  expect(alive.map(shown)).toEqual(alive.map(() => users.filter((user) => user !== dead)));
  expect(live.core.clock.now() - died).toBeLessThanOrEqual(LEASE_AND_DELAY_MS + askMs + 2_000);
});

it('a client that was silent for too long is shown again at its next ping', async () => {
  const live = createLiveHarness();
  const an = await enter(live, 'an');
  const bo = live.chat('bo', { pingEveryMs: 4 * MINUTE });
  bo.connect();
  await Promise.all([bo.room('den').join(), live.pass(1_000)]);
  const seen: string[][] = [];
  an.presence.onChange(() => seen.push(shown(an)));

  await live.pass(10 * MINUTE);

  const gone = seen.findIndex((users) => !users.includes('bo'));
  expect(gone).toBeGreaterThanOrEqual(0);
  expect(seen.slice(gone)).toContainEqual(['an', 'bo']);
});
