import { fileRoute } from '../../lib/http/fileRoutes';
import { FILE, FILES, HEADERS } from '../stores/prices/http';
import { ann, bob, createHarness, finish, type Harness, HOUR, NOW } from './harness';
import { secretOf } from './secretOf';

const ROOM = 'files';

/** Asks for a file of the message at 1 as Bob, with these permissions. */
async function ask(harness: Harness, permissions = '*:r', id = FILE.id): Promise<number> {
  const bearer = {
    originSecret: secretOf(['secret']),
    identity: {
      verify: async () => ({ user: bob, expiresAt: NOW + HOUR, permissions }),
      defaults: { guest: '', user: '' },
    },
  };
  const uploadQuotas = { charge: async () => 'ok' as const };
  const context = { ...harness, files: FILES, uploadQuotas, dailyFileMegabytes: 500 };
  const request = { room: ROOM, headers: HEADERS, seq: '1', id };
  return (await finish(harness, fileRoute(bearer, context, request))).statusCode;
}

async function roomWithFile(): Promise<Harness> {
  const harness = createHarness();
  await harness.log.put(ROOM, {
    ...{ type: 'message', seq: 1, id: 'message-1', text: 'Look', from: ann, at: NOW },
    files: [FILE],
  });
  return harness;
}

it('a reader is led to a file, and none to a tile that it has not', async () => {
  const harness = await roomWithFile();

  expect([await ask(harness), await ask(harness, '*:r', `${FILE.id}.tile`)]).toEqual([302, 410]);
});

it('a user without the right to read is given no address, and neither is one who was removed from the room', async () => {
  const harness = await roomWithFile();

  expect(await ask(harness, 'other:rw')).toBe(403);
  await harness.users.addBan(bob.id, { room: ROOM, until: NOW + HOUR }, NOW);
  expect(await ask(harness)).toBe(403);
});

it('a file of a private room is for its members, and so is one under a grant for members only', async () => {
  const harness = await roomWithFile();
  expect(await ask(harness, '*:@r')).toBe(403);
  await harness.roomSettings.change(ROOM, { private: true });
  expect(await ask(harness)).toBe(403);

  await harness.memberships.add(bob.id, { room: ROOM, since: NOW });

  expect([await ask(harness), await ask(harness, '*:@r')]).toEqual([302, 302]);
});

it('a file cannot be read once its message has expired', async () => {
  const harness = await roomWithFile();
  await harness.log.expire(ROOM, 1, NOW + HOUR);

  const before = await ask(harness);
  await harness.clock.runUntil(NOW + 2 * HOUR);

  expect([before, await ask(harness)]).toEqual([302, 410]);
});
