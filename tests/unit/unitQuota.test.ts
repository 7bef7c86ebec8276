import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import { signGuestToken } from '../../lib/auth/guestTokens';
import { openConnection } from '../../lib/connections/openConnection';
import { signOutGuest } from '../../lib/http/signOutRoute';
import { Unavailable } from '../../lib/ports/unavailable';
import type { Units } from '../../lib/ports/unitMeter';
import { createUnitQuota } from '../../lib/rateLimiting/unitQuota';
import { seeded } from '../simulation/random';
import { ann, connect, createHarness, fill, LEASE_MS, range } from './harness';
import { secretOf } from './secretOf';

const NEVER = () => 0.999;

/** The quota of one container, and what the container's next frames consume. */
function setUp({ userSendsPerSecond = 10, random = NEVER } = {}) {
  const harness = createHarness();
  const charges: number[] = [];
  const meter = {
    consumed: { read: 0, write: 0 } as Units,
    take() {
      const taken = this.consumed;
      this.consumed = { read: 0, write: 0 };
      return taken;
    },
  };
  const store = {
    async chargeUnits(user: string, charge: { now: number; costMs: number }) {
      charges.push(charge.costMs);
      return harness.sendQuotas.chargeUnits(user, charge);
    },
  };
  const { clock } = harness;
  const unitQuota = createUnitQuota({ meter, store, clock, random, userSendsPerSecond });
  const consume = (units: Partial<Units>, user = ann.id) => {
    meter.consumed = { read: 0, write: 0, ...units };
    return unitQuota.pay(user);
  };
  return { core: { ...harness, unitQuota }, meter, store, charges, consume };
}

it('messages are charged what they consumed on average, with one call for fifteen of them', async () => {
  const { charges, consume } = setUp({ random: seeded(1) });
  const messages = 15_000;

  for (const _ of range(1, messages)) await consume({ write: 4, read: 3 });

  const chargedMs = charges.reduce((sum, costMs) => sum + costMs, 0);
  expect(chargedMs / ((messages * 4_000) / 30)).toBeCloseTo(1, 1);
  expect(messages / charges.length).toBeCloseTo(15, -1);
});

it.each([
  ['is charged for others too where it is drawn', 0.0199, [2_000]],
  ['is not charged where it is not drawn', 0.0201, []],
])('a small frame %s', async (_name, drawn, expected) => {
  const { charges, consume } = setUp({ random: () => drawn });

  await consume({ read: 6 });

  expect(charges).toEqual(expected);
});

it.each([
  ['reads', { read: 450 }],
  ['writes', { write: 90 }],
])(
  'a large frame is charged at once: three seconds of %s are three seconds of the average',
  async (_name, units) => {
    const { charges, consume } = setUp();

    await consume(units);

    expect(charges).toEqual([3_000]);
  },
);

it('a deployment that lets users send twice as much lets them consume twice as much', async () => {
  const { charges, consume } = setUp({ userSendsPerSecond: 20 });

  await consume({ write: 120 });

  expect(charges).toEqual([2_000]);
});

it('the units that a charge itself consumes are charged with the next frame', async () => {
  const { meter, store, charges, consume } = setUp();
  jest.spyOn(store, 'chargeUnits').mockImplementationOnce(async () => {
    meter.consumed = { read: 0, write: 60 };
    return 0;
  });
  await consume({ read: 300 });

  await consume({ read: 15 });

  expect(charges).toEqual([2_000]);
});

it('a charge that fails is made with the next frame', async () => {
  const { store, charges, consume } = setUp();
  jest.spyOn(store, 'chargeUnits').mockRejectedValueOnce(new Unavailable('The database is away.'));
  await consume({ read: 300 });

  await consume({ read: 15 });
  await consume({ read: 15 });

  expect(charges).toEqual([2_000]);
});

it('a charge that other containers keep from the bucket is made with the next frame', async () => {
  const { store, charges, consume } = setUp();
  jest.spyOn(store, 'chargeUnits').mockResolvedValueOnce(undefined);
  await consume({ read: 300 });

  await consume({ read: 450 });

  expect(charges).toEqual([5_000]);
});

it('nobody pays for what belongs to no user', async () => {
  const { core, charges, meter } = setUp();
  meter.consumed = { read: 300, write: 0 };
  await core.unitQuota.pay(undefined);

  await core.unitQuota.pay(ann.id);

  expect(charges).toEqual([]);
});

it('keeps the failed charges of five hundred users', async () => {
  const { store, charges, consume } = setUp();
  const fail = jest.spyOn(store, 'chargeUnits').mockRejectedValue(new Unavailable('The database is away.'));
  for (const n of range(0, 500)) await consume({ read: 300 }, `user-${n}`);
  fail.mockRestore();

  for (const n of range(0, 500)) await consume({ read: 6 }, `user-${n}`);

  expect(charges).toHaveLength(500);
});

it('a guest pays for a sign-out', async () => {
  const { core, meter, charges } = setUp();
  const keys = { originSecret: secretOf(['secret']), guestKey: secretOf(['k'.repeat(32)]) };
  const { token } = await signGuestToken(keys.guestKey, 'Gus', 1);
  meter.consumed = { read: 0, write: 90 };

  await signOutGuest(keys, core, { 'x-edge-chat-origin': 'secret', authorization: `Bearer ${token}` });

  expect(charges).toEqual([3_000]);
});

describe('a user in debt', () => {
  /** Ann in a room, 10 s above her burst. */
  const inDebt = async () => {
    const { core, consume } = setUp();
    fill(core, 'lobby', range(1, 3));
    const requester = await connect(core, 'a', ann, ['lobby']);
    await consume({ read: 50 * 150 });
    return { core, requester };
  };
  const refused = { code: 'rateLimited', retryAfterMs: 10_000 };

  it.each([
    { action: 'getHistory', room: 'lobby' },
    { action: 'joinRoom', room: 'den' },
    { action: 'leaveRoom', room: 'lobby' },
    { action: 'typing', room: 'lobby' },
    { action: 'signal', room: 'lobby', name: 'wave' },
    { action: 'draft', room: 'lobby', of: 1, generation: 1, offset: 0, text: 'so' },
    { action: 'getDraft', room: 'lobby', of: 1, user: 'bob' },
    { action: 'ping', rooms: { lobby: 0 } },
  ])('is told to wait before $action costs a call', async (frame) => {
    const { core, requester } = await inDebt();
    const calls = [
      jest.spyOn(core.connections, 'charge'),
      jest.spyOn(core.connections, 'renewLease'),
      jest.spyOn(core.sendQuotas, 'charge'),
    ];

    expect(await handleRoomAction(core, requester, JSON.stringify(frame))).toMatchObject(refused);

    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });

  it('is told to wait before a send, in this container and in another', async () => {
    const { core, requester } = await inDebt();
    const frame = JSON.stringify({
      action: 'sendMessage',
      room: 'lobby',
      id: 'own-id-1',
      text: 'hi',
      after: 3,
    });
    const another = { ...core, unitQuota: setUp().core.unitQuota };

    expect(await handleSendMessage(core, requester, frame)).toMatchObject(refused);
    expect(await handleSendMessage(another, requester, frame)).toMatchObject(refused);
  });

  it('cannot connect through the container that knows of it', async () => {
    const { core } = await inDebt();
    const context = { ...core, maxConnections: 5, leaseMs: LEASE_MS };

    expect(await openConnection(context, { id: 'b', user: ann, expiresAt: core.clock.now() + 1 })).toBe(
      'coolingDown',
    );
  });

  it('who is a guest cannot sign out again and again', async () => {
    const { core, consume } = setUp();
    const keys = { originSecret: secretOf(['secret']), guestKey: secretOf(['k'.repeat(32)]) };
    const { token, user } = await signGuestToken(keys.guestKey, 'Gus', 1);
    const headers = { 'x-edge-chat-origin': 'secret', authorization: `Bearer ${token}` };
    await consume({ read: 50 * 150 }, user.id);
    const ban = jest.spyOn(core.users, 'addBan');

    expect(await signOutGuest(keys, core, headers)).toMatchObject({ statusCode: 429 });
    expect(ban).not.toHaveBeenCalled();
  });

  it('is served again after the wait', async () => {
    const { core, requester } = await inDebt();
    await core.clock.runUntil(core.clock.now() + 10_000);

    const frame = JSON.stringify({ action: 'getHistory', room: 'lobby' });
    expect(await handleRoomAction(core, requester, frame)).toMatchObject({ type: 'history' });
  });

  it('still gets the acknowledgement of a message that this container remembers', async () => {
    const { core, consume } = setUp();
    const requester = await connect(core, 'a', ann, ['lobby']);
    const frame = JSON.stringify({
      action: 'sendMessage',
      room: 'lobby',
      id: 'own-id-1',
      text: 'hi',
      after: 0,
    });
    await handleSendMessage(core, requester, frame);
    await consume({ read: 50 * 150 });

    expect(await handleSendMessage(core, requester, frame)).toMatchObject({ type: 'ack', duplicate: true });
  });
});
