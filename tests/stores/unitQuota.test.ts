import { handleRoomAction } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { openConnection } from '../../lib/connections/openConnection';
import { HOUR, NOW, range } from '../unit/harness';
import {
  attackedRooms,
  consumedByAttacker,
  container,
  EVERY_KIND,
  eve,
  REFUSED,
  REFUSED_USER,
  SMALL,
  spent,
  time,
} from './attacker';

jest.setTimeout(300_000);

attackedRooms();

it.each([
  { containers: 50, kind: 'every kind of frame', habits: Object.values(EVERY_KIND) },
  { containers: 50, kind: 'small frames', habits: SMALL },
  { containers: 50, kind: 'frames that a room refuses', habits: REFUSED, user: REFUSED_USER },
])(
  'a user consumes at most 200 read and 40 write units a second on average, with $kind, in $containers containers',
  async ({ containers, habits, user }) => {
    for (const { read, write } of await consumedByAttacker(containers, habits, user)) {
      expect(read).toBeLessThanOrEqual(200);
      expect(write).toBeLessThanOrEqual(40);
    }
  },
);

it('a client that catches up with 50 rooms of 1,000 ordinary messages within a minute is never in debt', async () => {
  const ann = { id: 'ann', name: 'Ann' };
  const context = container();
  for (const start of range(0, 9))
    await Promise.all(
      range(1, 100).map((n) =>
        context.log.put('long', {
          type: 'message',
          seq: 100 * start + n,
          id: `message-${100 * start + n}`,
          text: 'A message of an ordinary length, such as people write to each other all day long.',
          from: eve,
          at: NOW - HOUR,
        }),
      ),
    );
  const requester: Requester = { id: 'reader', user: ann, expiresAt: time.now + HOUR, permissions: '*:rw' };
  await openConnection({ ...context, maxConnections: 5, leaseMs: 90_000 }, requester);
  const types = new Map<string, number>();
  const ask = async (frame: object) => {
    const { type } = await handleRoomAction(context, requester, JSON.stringify(frame));
    types.set(type, (types.get(type) ?? 0) + 1);
    time.now += 105;
  };
  Object.assign(spent, { read: 0, write: 0 });

  for (const n of range(1, 50)) {
    await ask({ action: 'joinRoom', room: n === 1 ? 'long' : `short-${n}`, after: 0 });
    for (const page of range(1, 9)) await ask({ action: 'getHistory', room: 'long', after: 100 * page });
  }

  console.log(`the client consumed ${JSON.stringify(spent)} units`);
  expect(Object.fromEntries(types)).toEqual({ joined: 50, history: 450 });
});
