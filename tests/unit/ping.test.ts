import { ping } from '../../lib/actions/ping';
import type { ConnectionRoomStore } from '../../lib/ports/connectionRoomStore';
import { activeOf } from '../../lib/ports/connectionStore';
import { parseClientFrame } from '../../lib/protocol/parseClientFrame';
import { ann, connect, createHarness, expire, fill, finish, HOUR, NOW, range } from './harness';

const HIGHEST = Number.MAX_SAFE_INTEGER - 1;

it.each<[string, Record<string, number>, Record<string, number>, string[]]>([
  ['no room at all', {}, {}, []],
  ['a room it holds all of', { den: 9 }, {}, []],
  ['a room it is behind in', { den: 8 }, { den: 9 }, []],
  ['a room it holds nothing of', { den: 0 }, { den: 9 }, []],
  ['a room whose cursor is above the head', { den: 10 }, {}, []],
  ['a room whose cursor is as high as can be', { den: HIGHEST }, {}, []],
  ['an empty room', { yard: 0 }, {}, []],
  ['a room it is not in', { attic: 0 }, {}, ['attic']],
  ['some of each', { den: 3, attic: 2, yard: 0, lobby: 5 }, { den: 9 }, ['attic', 'lobby']],
])('a ping of %s', async (_name, rooms, behind, notJoined) => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 9));
  fill(harness, 'attic', range(1, 9));
  const who = await connect(harness, 'ann-1', ann, ['den', 'yard']);

  const pong = await finish(harness, ping(harness, who, { action: 'ping', rooms }));

  expect(pong).toEqual({ type: 'pong', log: 'log-1', behind, notJoined, pingWithinMs: 60_000 });
});

it.each([90_000, 900_000])('a ping renews the lease for %i ms', async (leaseMs) => {
  const harness = createHarness({ leaseMs });
  const who = await connect(harness, 'ann-1', ann, ['den']);
  await harness.clock.runUntil(NOW + 60_000);

  await finish(harness, ping(harness, who, { action: 'ping', rooms: {} }));

  const known = await harness.connections.find(['ann-1']);
  expect(activeOf(known, NOW + 60_000 + leaseMs - 1)).toHaveLength(1);
  expect(activeOf(known, NOW + 60_000 + leaseMs)).toEqual([]);
});

it('a ping costs two calls however many rooms nothing has happened in', async () => {
  const harness = createHarness();
  const rooms = range(1, 50).map((i) => `room-${i}`);
  for (const room of rooms) fill(harness, room, [1]);
  const who = await connect(harness, 'ann-1', ann, rooms);
  const calls: string[] = [];
  const counted = {
    ...harness,
    log: {
      ...harness.log,
      roomsBeyond: (asked: ReadonlyMap<string, number>) => {
        calls.push('roomsBeyond');
        return harness.log.roomsBeyond(asked);
      },
      readBackward: () => Promise.reject(new Error('No head needs to be read.')),
    },
    connections: {
      ...harness.connections,
      renewLease: (...asked: Parameters<ConnectionRoomStore['renewLease']>) => {
        calls.push('renewLease');
        return harness.connections.renewLease(...asked);
      },
    },
  };

  const cursors = Object.fromEntries(rooms.map((room) => [room, 1]));
  await finish(harness, ping(counted, who, { action: 'ping', rooms: cursors }));

  expect(calls.sort()).toEqual(['renewLease', 'roomsBeyond']);
});

it.each([
  ['closed', (harness: ReturnType<typeof createHarness>) => harness.connections.close('ann-1')],
  ['expired', (harness: ReturnType<typeof createHarness>) => harness.clock.runUntil(NOW + HOUR)],
])('a ping on a connection that is %s says to connect again', async (_name, end) => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  await end(harness);

  expect(await finish(harness, ping(harness, who, { action: 'ping', rooms: {} }))).toMatchObject({
    type: 'error',
    code: 'expired',
    action: 'ping',
  });
});

it('a ping puts a connection back into a room where its join died before it wrote the member row', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 9));
  const who = await connect(harness, 'ann-1', ann, ['den']);
  await harness.members.remove('den', 'ann-1', 0);

  const pong = await finish(harness, ping(harness, who, { action: 'ping', rooms: { den: 8 } }));

  expect(pong).toMatchObject({ behind: { den: 9 }, notJoined: ['den'] });
});

it('a ping sees the head of a room most of which has expired', async () => {
  const harness = createHarness();
  fill(harness, 'den', range(1, 9));
  expire(harness, 'den', range(1, 8), 'expired');
  const who = await connect(harness, 'ann-1', ann, ['den']);

  const pong = await finish(harness, ping(harness, who, { action: 'ping', rooms: { den: 4 } }));

  expect(pong).toMatchObject({ behind: { den: 9 } });
});

it('reads a ping of rooms as it was parsed', async () => {
  const harness = createHarness();
  fill(harness, 'constructor', [1]);
  const who = await connect(harness, 'ann-1', ann, ['constructor']);
  const parsed = parseClientFrame('{"action":"ping","rooms":{"constructor":0,"valueof":0}}');
  if (!parsed.ok || parsed.message.action !== 'ping') throw new Error('The ping is refused.');

  const pong = await finish(harness, ping(harness, who, parsed.message));

  expect(pong).toMatchObject({ behind: { constructor: 1 }, notJoined: ['valueof'] });
});

it('a ping of a connection whose untold rooms have no name is answered', async () => {
  const harness = createHarness();
  const who = await connect(harness, 'ann-1', ann, ['den']);
  await harness.connections.noteUntold('ann-1', 'den');
  harness.connections.listUntold = async () => [];

  expect(await finish(harness, ping(harness, who, { action: 'ping', rooms: {} }))).toMatchObject({
    type: 'pong',
  });
});
