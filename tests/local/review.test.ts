import path from 'node:path';
import { reviewerFile } from '../support/reviewerFile';
import { FILES_AND_RIGHTS, sharedStack } from './sharedStack';
import { type Client, open, root } from './support';

jest.setTimeout(60_000);

/** The example, which fails on command. */
const reviewer = reviewerFile(
  `import { handler as example } from ${JSON.stringify(path.join(root, 'examples', 'reviewer', 'reviewer.mjs'))};
export async function handler(event) {
  if (event.text === 'throws') throw new Error('no');
  if (event.text === 'waits') return { verdict: 'hold' };
  if (event.text === 'answers garbage') return 'allow';
  if (event.text === 'is slow') await new Promise((resolve) => setTimeout(resolve, 2_000));
  return example(event);
}`,
);

const stack = sharedStack({ reviewer, params: FILES_AND_RIGHTS });

/** A guest in a room. */
async function guestIn(room: string): Promise<{ socket: Client; token: string }> {
  const body = JSON.stringify({ name: 'Guest' });
  const reply = await fetch(`${stack.url}/api/token`, { method: 'POST', body });
  const { token } = (await reply.json()) as { token: string };
  const socket = await open(stack.socketUrl, ['chat.v1', `bearer.${token}`]);
  socket.send({ action: 'joinRoom', room });
  await socket.nextOf('joined');
  return { socket, token };
}

const send = (id: string, text: string, room = 'lobby') => ({
  ...{ action: 'sendMessage', room, id, text, after: 0 },
});

it('the example reviews what comes by socket, by HTTP and from operators', async () => {
  const { socket, token } = await guestIn('lobby');

  socket.send(send('message-1', 'Hello!'));
  expect(await socket.nextOf('ack')).toMatchObject({ seq: 1 });
  socket.send(send('message-2', 'What the heck'));
  expect(await socket.nextOf('ack')).toMatchObject({ seq: 2, entry: { text: 'What the ****' } });
  socket.send(send('message-3', 'See https://example.com'));
  const reason = 'Guests cannot send links.';
  expect(await socket.nextOf('error')).toMatchObject({ code: 'refused', message: reason });

  const posted = await fetch(`${stack.url}/api/rooms/lobby/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'message-4', text: 'See https://example.com' }),
  });
  expect(posted.status).toBe(403);
  expect(await posted.json()).toMatchObject({ error: { code: 'refused' } });

  const ordered = await stack.invoke('edge-chat-dev-operatorPublish', {
    ...{ room: 'lobby', id: 'message-5', text: 'damn' },
    from: { id: 'bot:orders', name: 'Orders' },
  });
  expect(ordered).toMatchObject({ value: { seq: 3, entry: { text: '****' } } });
});

it('a moderator allows and denies what the reviewer holds', async () => {
  const { socket, token } = await guestIn('guarded');
  const decide = async (verdict: string) => {
    socket.send({ action: 'getQueue', room: 'guarded' });
    const { items } = await socket.nextOf('queue');
    const [{ held }] = items as [{ held: string }];
    socket.send({ action: 'decide', room: 'guarded', held, verdict });
    return socket.nextOf('ok');
  };
  for (const id of ['message-1', 'message-2']) {
    socket.send(send(id, 'waits', 'guarded'));
    expect(await socket.nextOf('error')).toMatchObject({ code: 'held', id });
  }
  const posted = await fetch(`${stack.url}/api/rooms/guarded/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'message-2', text: 'waits' }),
  });
  expect(posted.status).toBe(202);

  expect(await decide('allow')).toMatchObject({ action: 'decide' });
  expect(await decide('deny')).toMatchObject({ action: 'decide' });
  socket.send(send('message-2', 'waits', 'guarded'));
  expect(await socket.nextOf('error')).toMatchObject({ code: 'refused', id: 'message-2' });
  socket.send({ action: 'getHistory', room: 'guarded' });
  expect(await socket.nextOf('history')).toMatchObject({
    messages: [{ seq: 1, id: 'message-1', text: 'waits' }],
  });
});

it.each(['throws', 'answers garbage', 'is slow'])('a reviewer that %s shows nothing', async (how) => {
  const room = how.replace(' ', '-');
  const { socket } = await guestIn(room);

  socket.send(send('message-1', how, room));
  expect(await socket.nextOf('error')).toMatchObject({ code: 'unavailable', id: 'message-1' });
  socket.send({ action: 'getHistory', room });
  expect(await socket.nextOf('history')).toMatchObject({ messages: [] });
});
