import type { ChatOptions, JoinOptions, Room } from '../../client';
import { loadOlder } from '../../client/history';
import { createHarness, type Harness, texts } from './kit/harness';

/** Writes down what a bot is told: a message, and whether it is live. */
function hear(room: Room): string[] {
  const heard: string[] = [];
  room.on('message', ({ text }, { live }) => heard.push(`${text}${live ? ', live' : ''}`));
  room.on('reset', () => heard.push('reset'));
  return heard;
}

async function start(harness: Harness, join: JoinOptions, options?: Partial<ChatOptions>) {
  const chat = harness.chat('bot', options);
  const room = chat.room('lobby');
  const heard = hear(room);
  chat.connect();
  const joined = room.join(join);
  await harness.clock.pass(2_000);
  await joined;
  return { chat, room, heard };
}

it('tells a bot what was there before it came, and what is live', async () => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'old');
  const { heard } = await start(harness, {});
  harness.gateway.post('lobby', 'new');
  await harness.clock.pass(1_000);

  for (const socket of harness.gateway.live()) harness.gateway.cut(socket);
  harness.gateway.post('lobby', 'missed');
  await harness.clock.pass(30_000);

  expect(heard).toEqual(['old', 'new, live', 'missed, live']);
});

it('starts after a stored cursor, with all that came since, across pages', async () => {
  const harness = createHarness();
  harness.gateway.pageSize = 3;
  for (let n = 1; n <= 12; n++) harness.gateway.post('lobby', `${n}`);

  const { room, heard } = await start(harness, { after: 4, log: 'log-1' });
  harness.gateway.post('lobby', '13');
  await harness.clock.pass(1_000);

  expect(heard).toEqual(['5', '6', '7', '8', '9', '10', '11', '12', '13, live']);
  expect(room.snapshot).toMatchObject({ cursor: 13, log: 'log-1', hasOlder: true });
  expect(await Promise.all([loadOlder(room), harness.clock.pass(1_000)])).toEqual([true, undefined]);
  expect(texts(room).slice(0, 3)).toEqual(['2', '3', '4']);
});

it('goes on where its last run stopped', async () => {
  const harness = createHarness();
  harness.gateway.post('lobby', 'first');
  const before = await start(harness, {});
  before.chat.close();
  const { cursor, log } = before.room.snapshot;
  harness.gateway.post('lobby', 'second');

  const { heard } = await start(harness, { after: cursor, log });

  expect(heard).toEqual(['second']);
});

it.each<[string, JoinOptions, string[]]>([
  ['the log is another one', { after: 2, log: 'log-0' }, ['reset', '1', '2', '3']],
  ['the cursor lies beyond the log', { after: 9 }, ['reset', '1', '2', '3']],
  ['the cursor is the head', { after: 3 }, []],
  ['it starts with the first message', { after: 0 }, ['1', '2', '3']],
])('is right when %s', async (_name, join, expected) => {
  const harness = createHarness();
  for (const text of ['1', '2', '3']) harness.gateway.post('lobby', text);

  const { heard } = await start(harness, join);

  expect(heard).toEqual(expected);
});

it('counts at the first join only: a later one goes on from what is held', async () => {
  const harness = createHarness();
  for (const text of ['1', '2', '3']) harness.gateway.post('lobby', text);
  const { room, heard } = await start(harness, { after: 1 });
  room.leave();
  await harness.clock.pass(1_000);

  await Promise.all([room.join({ after: 0 }), harness.clock.pass(1_000)]);

  expect(heard).toEqual(['2', '3']);
});

it.each([-1, 1.5, Number.NaN])('refuses the cursor %p', async (after) => {
  const chat = createHarness().chat();

  await expect(chat.room('lobby').join({ after })).rejects.toMatchObject({ code: 'badField' });
});
