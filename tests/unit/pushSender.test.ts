import { createECDH } from 'node:crypto';
import { createServer } from 'node:http';
import { isPushEndpoint } from '../../lib/push/isPushEndpoint';
import { createPushSender } from '../../lib/push/pushSender';
import { vapidKeyOf } from '../../lib/push/vapidKey';
import { listen } from '../../local/util/listen';
import { decrypt, type PushService, startPushService } from '../support/pushService';

const KEY = vapidKeyOf('a secret');
const NOTIFICATION = { room: 'lobby', seq: 7, unread: 3 };

let service: PushService;
beforeAll(async () => {
  service = await startPushService();
});
afterAll(() => service.stop());

const senderWith = (secret = 'a secret', hosts = [service.host]) =>
  createPushSender({
    key: async () => vapidKeyOf(secret),
    subject: 'https://chat.example.com',
    hosts,
    clock: Date,
  });
const subscribed = () => {
  const { endpoint, keys } = service.subscribe(KEY.publicKey);
  return { endpoint, ...keys };
};

it('the push service of the tests reads the example of RFC 8291', () => {
  const bytes = (...hex: string[]) => Buffer.from(hex.join(''), 'hex');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(bytes('ab5757a70dd4a53e553a6bbf71ffefea2874ec07a6b379e3c48f895a02dc33de'));
  const auth = bytes('05305932a1c7eabe13b6cec9fda48882');
  const body = bytes(
    '0c6bfaadad67958803092d454676f397000010004104fe33f4ab0dea71914db5',
    '5823f73b54948f41306d920732dbb9a59a53286482200e597a7b7bc260ba1c22',
    '7998580992e93973002f3012a28ae8f06bbb78e5ec0ff297de5b429bba7153d3',
    'a4ae0caa091fd425f3b4b5414add8ab37a19c1bbb05cf5cb5b2a2e0562d55863',
    '5641ec52812c6c8ff42e95ccb86be7cd',
  );

  const text = decrypt(body, { pair, auth });

  expect(text.toString()).toBe('When I grow up, I want to be a watermelon');
});

it('sends what a browser can read, signed with the key that it subscribed with', async () => {
  const subscription = subscribed();

  expect(await senderWith().send(subscription, NOTIFICATION)).toBe('delivered');

  expect(await service.next()).toMatchObject({
    path: new URL(subscription.endpoint).pathname,
    notification: NOTIFICATION,
  });
  expect(service.refused).toEqual([]);
});

it('gives the notifications of a room one topic, which says nothing of the room', async () => {
  const [one, other] = [subscribed(), subscribed()];
  for (const [subscription, room] of [
    [one, 'lobby'],
    [one, 'lobby'],
    [one, 'news'],
    [other, 'lobby'],
  ] as const)
    await senderWith().send(subscription, { ...NOTIFICATION, room });

  const [first, again, news, elsewhere] = service.pushed.slice(-4).map(({ topic }) => topic);
  expect(again).toBe(first);
  expect(new Set([first, news, elsewhere]).size).toBe(3);
});

it('a push service refuses what another key has signed', async () => {
  expect(await senderWith('another secret').send(subscribed(), NOTIFICATION)).toBe('failed');
  expect(service.refused.at(-1)).toContain('another key');
});

it.each([
  [404, 'gone'],
  [410, 'gone'],
  [413, 'failed'],
  [429, 'failed'],
  [500, 'failed'],
  [301, 'failed'],
])('status %d means %s', async (status, result) => {
  const subscription = subscribed();
  service.answer(subscription.endpoint, status);

  expect(await senderWith().send(subscription, NOTIFICATION)).toBe(result);
});

it('follows no redirection', async () => {
  let followed = 0;
  const target = await listen(createServer((_request, response) => void response.end(++followed)));
  const redirecting = await listen(
    createServer((_request, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${target.port}/` }).end(),
    ),
  );
  const host = `127.0.0.1:${redirecting.port}`;

  const sender = senderWith(undefined, [host]);
  expect(await sender.send({ ...subscribed(), endpoint: `http://${host}/` }, NOTIFICATION)).toBe('failed');
  expect(followed).toBe(0);
  await Promise.all([target.stop(), redirecting.stop()]);
});

it('calls no host that the operator no longer allows', async () => {
  expect(await senderWith(undefined, []).send(subscribed(), NOTIFICATION)).toBe('gone');
});

it('derives from a secret always the same key, and from another one another key', () => {
  expect(vapidKeyOf('a secret').publicKey).toBe(KEY.publicKey);
  expect(vapidKeyOf('b secret').publicKey).not.toBe(KEY.publicKey);
});

it.each([
  ['https://fcm.googleapis.com/fcm/send/x', true],
  ['https://wns2-par02p.notify.windows.com/w/?token=x', true],
  ['https://FCM.googleapis.com:443/fcm/send/x', true],
  ['https://notify.windows.com/w/', false],
  ['https://evil-notify.windows.com.example/', false],
  ['https://fcm.googleapis.com.example/', false],
  ['https://fcm.googleapis.com:8443/', false],
  ['https://fcm.googleapis.com@example.com/', false],
  ['https://user:secret@fcm.googleapis.com/', false],
  ['http://fcm.googleapis.com/', false],
  ['https://127.0.0.1/', false],
  ['https://[::1]/', false],
  ['http://169.254.169.254/latest/meta-data', false],
  ['http://127.0.0.1:9001/2018-06-01/runtime', false],
  ['http://127.0.0.1:4000/', true],
  ['http://localhost:4000/', false],
  ['file:///etc/passwd', false],
  ['no address', false],
])('the address %s may be that of a push service: %s', (address, allowed) => {
  const hosts = ['fcm.googleapis.com', '*.notify.windows.com', '127.0.0.1:4000'];

  expect(isPushEndpoint(address, hosts)).toBe(allowed);
});
