import { createRoomSettingsWriter } from '../../lib/aws/dynamodb/roomSettingsWriter';
import { enter, guestToken } from '../local/guests';
import { within } from '../local/support';
import { type PushService, startPushService } from '../support/pushService';
import { type Packaged, removeFolders, runPackage } from '../template/packaging';
import type { Template } from '../template/template';
import { reasonFor } from './explained';
import { forbidden, type Grant, grantsOf, needed, unused } from './grants';
import { nodes } from './nodes';
import { databaseOf, namingOf, type PackagedStack, startPackagedStack } from './stack';

jest.setTimeout(600_000);

const OWN = ['push', 'noticeMessages', 'notifyUsers'];

/** Subscriptions, levels, a mention, a message for those who are told of all, a private room, and an erasure. */
async function liveThrough({ stack, quiet }: PackagedStack, service: PushService): Promise<void> {
  const call = async (token: string, method: string, path: string, body?: object) => {
    const answer = await fetch(`${stack.url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, origin: stack.url },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return text === '' ? {} : JSON.parse(text);
  };
  const guest = async (name: string) => {
    const token = await guestToken(stack, name);
    const client = await enter(stack, token);
    client.send({ action: 'joinRoom', room: 'lobby' });
    await client.nextOf('joined');
    client.send({ action: 'follow', room: 'lobby' });
    await client.nextOf('ok');
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return { token, client, id: String(sub) };
  };
  const [ann, bob] = [await guest('Ann'), await guest('Bob')];
  const { key } = await call(bob.token, 'GET', 'push');
  const subscriptions = [service.subscribe(key), service.subscribe(key)];
  for (const subscription of subscriptions) await call(bob.token, 'POST', 'push', subscription);
  // The browser of another user, in which Bob signs in.
  const shared = service.subscribe(key);
  await call(ann.token, 'POST', 'push', shared);
  const { subscription } = await call(bob.token, 'POST', 'push', shared);
  await call(bob.token, 'DELETE', `push/${subscription}`);
  service.answer(subscriptions[1]?.endpoint ?? '', 410);

  const say = async (id: string, given: object = {}) => {
    ann.client.send({ action: 'sendMessage', room: 'lobby', id, text: 'Hi!', after: 0, ...given });
    await ann.client.nextOf('ack');
  };
  await say('message-1', { mentions: [bob.id] });
  await within('a notification', service.next(), 30_000);

  const withAll = await call(bob.token, 'POST', 'rooms/lobby/push', { level: 'all' });
  expect(withAll).toEqual({ level: 'all' });
  await say('message-2', { mentions: [bob.id] });
  await call(bob.token, 'POST', 'rooms/lobby/push', { level: 'none' });
  await call(bob.token, 'POST', 'rooms/lobby/push', { level: 'all' });
  const rules = createRoomSettingsWriter(databaseOf(stack), stack.tables.Members ?? '');
  for (const room of ['lobby', 'den']) await rules.change(room, { private: true });
  await say('message-3');
  expect(await call(bob.token, 'GET', 'rooms/den/push')).toMatchObject({ error: { code: 'forbidden' } });
  expect(await stack.invoke(stack.ref('OperatorEraseLambdaFunction'), { user: bob.id })).toMatchObject({
    ok: true,
  });
  ann.client.socket.close(1000);
  bob.client.socket.close(1000);
  await quiet();
}

describe('with push=on, from their zips', () => {
  let service: PushService;
  let packagedStack: PackagedStack;
  let grants: Grant[];
  let used: Grant[];

  beforeAll(async () => {
    service = await startPushService();
    const params = { push: 'on', notifyAfter: '1', pushHosts: service.host };
    const packaged: Packaged = await runPackage('dev', params, 'real');
    const [[, node = ''] = []] = nodes();
    packagedStack = await startPackagedStack(packaged, node, params, () => {});
    const { stack, calls } = packagedStack;
    await liveThrough(packagedStack, service);
    grants = grantsOf(stack.template as unknown as Template);
    used = calls.map((each) => needed(each, namingOf(stack)));
  });
  afterAll(async () => {
    await packagedStack?.stop();
    await service?.stop();
    removeFolders();
  });

  it('users are notified, and call nothing that their roles do not allow', () => {
    expect(service.pushed.length).toBeGreaterThan(0);
    expect(service.refused).toEqual([]);
    expect(forbidden(grants, used)).toEqual([]);
  });

  it('the functions have no right that they do not use, but for those explained', () => {
    const own = grants.filter(
      ({ by, partitions, resource }) =>
        OWN.includes(by) || partitions?.includes('push#*') || resource === '<PushNotices.Arn>',
    );

    expect(unused(own, used).filter((grant) => !reasonFor(grant))).toEqual([]);
  });
});
