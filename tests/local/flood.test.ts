import { WebSocket } from 'ws';
import { createChat, webSocketFrom } from '../../client';
import { enter, guestToken } from './guests';
import { sharedStack } from './sharedStack';
import { open, within } from './support';

jest.setTimeout(60_000);

const FRAMES_PER_SECOND = 1_000;
const TICK_MS = 10;
const ENDED_WITHIN_MS = 5_000;
const MOST_CONNECTIONS = 5;

const stack = sharedStack();

it.each([
  ['nonsense', 'nonsense'],
  [
    'messages to a room it is not in',
    { action: 'sendMessage', room: 'den', id: 'message-1', text: 'x', after: 0 },
  ],
  ['pings', { action: 'ping', rooms: {} }],
])('a flood of %s is closed within five seconds, and another is served meanwhile', async (_name, frame) => {
  const [flooder, other] = [
    await enter(stack, await guestToken(stack, 'Flooder')),
    await enter(stack, await guestToken(stack, 'Other')),
  ];
  const text = typeof frame === 'string' ? frame : JSON.stringify(frame);
  const began = performance.now();
  const flood = setInterval(() => {
    for (let i = 0; i < (FRAMES_PER_SECOND * TICK_MS) / 1_000; i++) flooder.socket.send(text);
  }, TICK_MS);

  try {
    await within('the end of the flood', flooder.closed, ENDED_WITHIN_MS);
  } finally {
    clearInterval(flood);
  }

  console.log(`The flood was closed after ${Math.round(performance.now() - began)} ms.`);
  other.send({ action: 'joinRoom', room: 'attic' });
  await other.nextOf('joined');
  other.socket.close();
});

it('lets a user have five connections when twenty come at once', async () => {
  const token = await guestToken(stack, 'Many');

  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => enter(stack, token)));

  const connected = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(connected).toHaveLength(MOST_CONNECTIONS);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(String(outcome.reason)).toContain('429');
  for (const client of connected) client.socket.close();
  await Promise.all(connected.map((client) => client.closed));
});

it('a client that cannot have a sixth connection is told so, and one that renews takes its own place', async () => {
  const token = await guestToken(stack, 'Tabs');
  const offered = ['chat.v1', 'chat.v1.refused'];
  const sessions = Array.from({ length: MOST_CONNECTIONS }, (_, i) => `session.tab-${i}-of-5`);
  const tabs = await Promise.all(
    sessions.map((session) => open(stack.socketUrl, [...offered, session, `bearer.${token}`])),
  );
  const sixth = createChat({
    url: stack.socketUrl,
    token: () => token,
    open: webSocketFrom(WebSocket as never),
  });

  try {
    const told = new Promise((resolve) => {
      sixth.on('state', (state) => 'reason' in state && state.reason && resolve(state.reason));
    });
    sixth.connect();
    expect(await within('the reason', told)).toBe('tooManyConnections');

    const renewed = await open(stack.socketUrl, [...offered, sessions[0] ?? '', `bearer.${token}`]);
    tabs.push(renewed);
    expect(renewed.protocol).toBe('chat.v1');
    renewed.send({ action: 'ping', rooms: {} });
    expect(await renewed.next()).toMatchObject({ type: 'pong' });
    tabs[0]?.send({ action: 'ping', rooms: {} });
    expect(await tabs[0]?.next()).toMatchObject({ code: 'expired' });
  } finally {
    sixth.close();
    for (const tab of tabs) tab.socket.close();
    await Promise.all(tabs.map((tab) => tab.closed));
  }
});
