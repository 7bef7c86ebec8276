import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Right } from '../../lib/auth/permissions';
import type { Requester } from '../../lib/auth/requester';
import { openConnection } from '../../lib/connections/openConnection';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import { parseServerFrame, type Reply, type ServerMessage } from '../../lib/protocol';
import { createVirtualClock } from './clock';
import { CALM, createDice } from './faults';
import { createLambda, type Lambda } from './lambda';
import { between, pick, seeded, whole } from './random';
import { createStores } from './stores';

jest.setTimeout(120_000);

const START = Date.UTC(2026, 0, 1);
const USERS = 50;
const ROOMS = 30;
const LASTS_MS = 60_000;
const ASKS = 9_000;
const SEED = 20_260_101;
const LEASE_MS = 90_000;
const HOUR_MS = 3_600_000;

/** What each user may do in each room, drawn by lot and said in a token's grants. */
function drawMatrix(random: () => number): {
  allows: (user: number, room: number, right: Right) => boolean;
  grants: string[];
} {
  const letters = Array.from({ length: USERS }, () =>
    Array.from({ length: ROOMS }, () => pick(random, ['-', '-', 'r', 'r', 'w', 'rw', 'rw', 'rwm'])),
  );
  return {
    allows: (user, room, right) => letters[user]?.[room]?.includes(right.charAt(0)) ?? false,
    // A user whose grants name only the differences from a wider grant, as an identity provider's would.
    grants: letters.map((row, user) => {
      const each = row.map((granted, room) => `room-${room}:${granted}`);
      return (user % 2 === 0 ? ['room-*:-', ...each] : each).join(' ');
    }),
  };
}

it('gives nothing of a room to anyone without the right to it, and writes nothing of theirs', async () => {
  const random = seeded(SEED);
  const clock = createVirtualClock(START);
  const dice = createDice(random, CALM);
  const stores = createStores();
  const { allows, grants } = drawMatrix(random);
  const wrong: string[] = [];
  const seen = { frames: 0, forbidden: 0, acknowledged: 0 };
  const people: Requester[] = grants.flatMap((permissions, i) =>
    ['a', 'b'].map((socket) => ({
      id: `u${i}-${socket}`,
      user: { id: `u${i}`, name: `User ${i}` },
      expiresAt: START + HOUR_MS,
      permissions,
    })),
  );
  const numberOf = (text: string): number => Number(/\d+/.exec(text)?.[0]);

  /** Holds what reaches a socket against the matrix: only a refusal may speak of a room one must not read. */
  const look = (socket: string, message: ServerMessage): void => {
    seen.frames++;
    const rooms =
      message.type === 'pong'
        ? Object.keys(message.behind)
        : 'room' in message && message.room
          ? [message.room]
          : [];
    const tells = message.type !== 'error' && message.type !== 'ok' && message.type !== 'ack';
    for (const room of tells ? rooms : [])
      if (!allows(numberOf(socket), numberOf(room), 'read'))
        wrong.push(`${socket} got ${message.type} of ${room}`);
  };

  const lambda: Lambda = createLambda({
    clock,
    random,
    dice,
    stores,
    settings: { logId: 'sim', sendsPerSecond: 5, userSendsPerSecond: 10, leaseMs: LEASE_MS, editMs: 0 },
    skewMs: 0,
    crashesApartMs: 0,
    poster: {
      prepare: (frame) => async (socket) => {
        await clock.wait(between(random, 3, 15));
        const message = parseServerFrame(frame);
        if (message) look(socket, message);
        return 'delivered';
      },
      close: async () => 'delivered',
    },
    worker: {
      async enqueue(job) {
        await lambda.invoke(
          (context) => runFanOutJob(context, job, context.clock.now() + LASTS_MS),
          () => {},
        );
      },
    },
  });

  const ask = async (
    who: Requester,
    frame: { action: string; room: string; [field: string]: unknown },
  ): Promise<void> => {
    const answer = frame.action === 'sendMessage' ? handleSendMessage : handleRoomAction;
    const reply: Reply = await lambda.invoke(
      (context) => answer(context, who, JSON.stringify(frame)),
      () => {},
    );
    look(who.id, reply);
    const right = /sendMessage|typing/.test(frame.action) ? 'write' : 'read';
    const isForbidden = reply.type === 'error' && reply.code === 'forbidden';
    if (isForbidden) seen.forbidden++;
    if (reply.type === 'ack') seen.acknowledged++;
    if (isForbidden === allows(numberOf(who.id), numberOf(frame.room), right))
      wrong.push(`${who.id} was ${isForbidden ? '' : 'not '}refused ${frame.action} in ${frame.room}`);
  };

  for (const who of people)
    clock.after(
      between(random, 0, 1_000),
      () =>
        void lambda.invoke(
          (context) => openConnection({ ...context, maxConnections: 5, leaseMs: LEASE_MS }, who),
          () => {},
        ),
    );
  for (let i = 0; i < ASKS; i++)
    clock.after(between(random, 2_000, LASTS_MS), () => {
      const who = pick(random, people);
      const room = `room-${whole(random, 0, ROOMS - 1)}`;
      const after = Math.max(0, (stores.rows.get(room)?.length ?? 1) - 1);
      void ask(
        who,
        pick<Parameters<typeof ask>[1]>(random, [
          { action: 'joinRoom', room },
          { action: 'joinRoom', room, after: 0 },
          { action: 'getHistory', room },
          { action: 'typing', room },
          { action: 'sendMessage', room, id: `message-${i}`, text: 'x', after },
          { action: 'sendMessage', room, id: `message-${i}`, text: 'x', after },
        ]),
      );
    });
  await clock.runUntil(START + LASTS_MS + 30_000);

  for (const [room, rows] of stores.rows)
    for (const row of rows)
      if (row?.entry.type === 'message' && !allows(numberOf(row.entry.from.id), numberOf(room), 'write'))
        wrong.push(`${row.entry.from.id} wrote to ${room}`);
  console.log(
    `seed ${SEED}: ${seen.frames} frames, ${seen.acknowledged} messages, ${seen.forbidden} refusals`,
  );
  expect(wrong).toEqual([]);
  expect(seen.acknowledged).toBeGreaterThan(300);
  expect(seen.frames).toBeGreaterThan(5_000);
});
