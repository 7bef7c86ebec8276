import { type Stack, startStack } from '../../local/stack';
import { type PushService, startPushService } from '../support/pushService';
import { enter, guestToken } from './guests';
import { type Client, within } from './support';

jest.setTimeout(60_000);

let service: PushService;
let stack: Stack;

beforeAll(async () => {
  service = await startPushService();
  stack = await startStack({
    params: { push: 'on', notifyAfter: '1', pushText: 'on', pushHosts: service.host },
  });
});
afterAll(async () => {
  await stack.stop();
  await service.stop();
});

const call = async (token: string, method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${stack.url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, origin: stack.url },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
};

/** A guest who is in the room, and follows it. */
async function guest(name: string): Promise<{ token: string; client: Client; id: string }> {
  const token = await guestToken(stack, name);
  const client = await enter(stack, token);
  client.send({ action: 'joinRoom', room: 'lobby' });
  await client.nextOf('joined');
  client.send({ action: 'follow', room: 'lobby' });
  await client.nextOf('ok');
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return { token, client, id: String(claims.sub) };
}

const subscribe = async (token: string) => {
  const { body } = await call(token, 'GET', 'push');
  const subscription = service.subscribe(body.key);
  expect(await call(token, 'POST', 'push', { ...subscription, expirationTime: null })).toMatchObject({
    status: 201,
  });
  return subscription;
};

let sent = 0;
const say = async (client: Client, given: object = {}): Promise<number> => {
  client.send({
    action: 'sendMessage',
    room: 'lobby',
    id: `message-${sent++}`,
    text: 'Hi!',
    after: 0,
    ...given,
  });
  return Number((await client.nextOf('ack')).seq);
};
const next = () => within('a notification', service.next(), 20_000);

it('a user who is away is notified of all messages, or of mentions, and of none that was read', async () => {
  const [ann, bob] = [await guest('Ann'), await guest('Bob')];
  const [phone] = [await subscribe(ann.token), await subscribe(bob.token)];
  const pathOf = (endpoint: string) => new URL(endpoint).pathname;
  expect(await call(ann.token, 'GET', 'rooms/lobby/push')).toEqual({
    status: 200,
    body: { level: 'mentions' },
  });

  const first = await say(bob.client, { mentions: [ann.id] });
  expect(await next()).toMatchObject({
    path: pathOf(phone.endpoint),
    notification: { room: 'lobby', seq: first, unread: 1, mention: true, from: 'Bob', text: 'Hi!' },
  });

  expect(await call(bob.token, 'POST', 'rooms/lobby/push', { level: 'all' })).toMatchObject({
    body: { level: 'all' },
  });
  const read = await say(ann.client);
  bob.client.send({ action: 'read', room: 'lobby', seq: read, version: 0 });
  await bob.client.nextOf('readMarked');
  const unread = await say(ann.client);
  expect(await next()).toMatchObject({ notification: { seq: unread, unread: 1 } });
  expect(service.refused).toEqual([]);
});

it('refuses addresses that are no push service, broken keys and rooms that the user does not follow', async () => {
  const token = await guestToken(stack, 'Eve');
  const { endpoint, keys } = service.subscribe('');
  for (const subscription of [
    { endpoint: 'http://169.254.169.254/latest/meta-data', keys },
    { endpoint: `${endpoint}@example.com/`, keys: { ...keys, p256dh: `B${'A'.repeat(86)}` } },
    { endpoint, keys: { ...keys, auth: 'short' } },
    { endpoint, keys, more: 1 },
    { endpoint },
    7,
  ])
    expect(await call(token, 'POST', 'push', subscription)).toMatchObject({ status: 400 });
  expect(await call(token, 'POST', 'rooms/lobby/push', { level: 'all' })).toMatchObject({ status: 410 });
  expect(await call(token, 'POST', 'rooms/lobby/push', { level: 'loud' })).toMatchObject({ status: 400 });
  expect(await call(token, 'DELETE', 'push/nothing')).toMatchObject({ status: 400 });
  expect(await call('no-token', 'GET', 'push')).toMatchObject({ status: 401 });
});

it('a browser that unsubscribes is told of nothing more, nor one whose user was erased', async () => {
  const [ann, bob, cyd] = [await guest('Ann'), await guest('Bob'), await guest('Cyd')];
  const { body } = await call(bob.token, 'GET', 'push');
  const gone = service.subscribe(body.key);
  const added = await call(bob.token, 'POST', 'push', gone);
  expect(await call(bob.token, 'DELETE', `push/${added.body.subscription}`)).toEqual({ status: 204 });
  await subscribe(cyd.token);
  const erase = await stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { user: cyd.id });
  expect(erase.ok).toBe(true);
  const kept = await subscribe(ann.token);

  await say(ann.client, { mentions: [bob.id, cyd.id] });
  await say(bob.client, { mentions: [ann.id] });
  expect(await next()).toMatchObject({ path: new URL(kept.endpoint).pathname });
  expect(service.pushed.map(({ path }) => path)).not.toContain(new URL(gone.endpoint).pathname);
});
