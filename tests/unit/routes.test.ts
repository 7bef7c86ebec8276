import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import { Unavailable } from '../../lib/ports/unavailable';
import { ann, connect, createHarness, fill, finish, HOUR, idsIn, NOW } from './harness';

const frames = {
  sendMessage: { action: 'sendMessage', room: 'den', id: 'my-own-id', text: 'hello', after: 1 },
  joinRoom: { action: 'joinRoom', room: 'den' },
  leaveRoom: { action: 'leaveRoom', room: 'den' },
  getHistory: { action: 'getHistory', room: 'den' },
  typing: { action: 'typing', room: 'den' },
  signal: { action: 'signal', room: 'den', name: 'wave' },
  draft: { action: 'draft', room: 'den', of: 1, generation: 1, offset: 0, text: 'so' },
  ping: { action: 'ping', rooms: { den: 1 } },
};

type Name = keyof typeof frames;
const names = Object.keys(frames) as Name[];
const others = names.filter((name) => name !== 'sendMessage');

const answerOf = (name: Name) => (name === 'sendMessage' ? handleSendMessage : handleRoomAction);

async function joinedRoom() {
  const harness = createHarness();
  fill(harness, 'den', [1]);
  return { harness, who: await connect(harness, 'ann-1', ann, ['den']) };
}

/** Stores of which every call fails in the same way. */
const failing = (harness: Awaited<ReturnType<typeof joinedRoom>>['harness'], error: Error) => {
  const fail = () => Promise.reject(error);
  const { connections, log } = harness;
  return {
    ...harness,
    connections: { ...connections, charge: fail, join: fail, leave: fail, renewLease: fail },
    log: { ...log, readForward: fail, readBackward: fail, readIdentities: fail, roomsBeyond: fail },
  };
};

it.each<[Name, string]>([
  ['sendMessage', 'ack'],
  ['joinRoom', 'joined'],
  ['leaveRoom', 'ok'],
  ['getHistory', 'history'],
  ['typing', 'ok'],
  ['signal', 'ok'],
  ['draft', 'ok'],
  ['ping', 'pong'],
])('%s is answered by one %s, with its ref', async (name, type) => {
  const { harness, who } = await joinedRoom();
  const frame = JSON.stringify({ ...frames[name], ref: 'r1' });

  expect(await finish(harness, answerOf(name)(harness, who, frame))).toMatchObject({ type, ref: 'r1' });
});

it('an answer has no ref when the frame had none', async () => {
  const { harness, who } = await joinedRoom();

  expect(
    await finish(harness, handleRoomAction(harness, who, JSON.stringify(frames.ping))),
  ).not.toHaveProperty('ref');
});

it.each([
  ['answerSend', handleSendMessage],
  ['answerRoute', handleRoomAction],
])('%s refuses what is no frame without a call to the database', async (_name, answer) => {
  const { harness, who } = await joinedRoom();
  const untouched = failing(harness, new Error('The database was called.'));

  for (const [frame, code] of [
    ['', 'badFrame'],
    ['{"action":"nothing"}', 'unknownAction'],
    ['{"action":"joinRoom"}', 'badField'],
    ['x'.repeat(25_000), 'tooLarge'],
  ] as const)
    expect(await answer(untouched, who, frame)).toMatchObject({ type: 'error', code });
});

it.each([
  ...others.map((name) => ['answerSend', handleSendMessage, name] as const),
  ['answerRoute', handleRoomAction, 'sendMessage'] as const,
])('%s does nothing with a frame of the other route: %s', async (_name, answer, name) => {
  const { harness, who } = await joinedRoom();
  const untouched = failing(harness, new Error('The database was called.'));

  expect(await answer(untouched, who, JSON.stringify({ ...frames[name], ref: 'r1' }))).toMatchObject({
    type: 'error',
    code: 'unknownAction',
    action: name,
    ref: 'r1',
  });
});

it.each(names)(
  '%s is refused at once when the token is over, without a call to the database',
  async (name) => {
    const { harness, who } = await joinedRoom();
    const untouched = failing(harness, new Error('The database was called.'));
    await harness.clock.runUntil(NOW + HOUR);

    expect(
      await answerOf(name)(untouched, who, JSON.stringify({ ...frames[name], ref: 'r1' })),
    ).toMatchObject({ type: 'error', code: 'expired', action: name, ref: 'r1' });
  },
);

it.each(names)('%s may be sent again when the database is unavailable', async (name) => {
  const { harness, who } = await joinedRoom();
  const frame = JSON.stringify({ ...frames[name], ref: 'r1' });

  const reply = await finish(harness, answerOf(name)(failing(harness, new Unavailable('no')), who, frame));

  expect(reply).toMatchObject({
    type: 'error',
    code: 'unavailable',
    retryAfterMs: 1000,
    action: name,
    ref: 'r1',
  });
  if (name === 'sendMessage') expect(reply).toMatchObject({ room: 'den', id: 'my-own-id' });
  expect(idsIn(harness, 'den')).toEqual(['id-of-1']);
});

it.each(names)('%s does not hide a fault of our own', async (name) => {
  const { harness, who } = await joinedRoom();
  const broken = failing(harness, new TypeError('a bug'));

  await expect(finish(harness, answerOf(name)(broken, who, JSON.stringify(frames[name])))).rejects.toThrow(
    'a bug',
  );
});

it('says nothing of the database to a client', async () => {
  const { harness, who } = await joinedRoom();
  const broken = failing(harness, new Unavailable('Table Messages-prod-1 at 10.0.0.7 did not answer.'));

  const reply = await finish(harness, handleSendMessage(broken, who, JSON.stringify(frames.sendMessage)));

  expect(JSON.stringify(reply)).not.toMatch(/Messages-prod|10\.0|stack|at /);
});
