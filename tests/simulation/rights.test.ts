import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Right } from '../../lib/auth/permissions';
import type { Requester } from '../../lib/auth/requester';
import { openConnection } from '../../lib/connections/openConnection';
import { runFanOutJob } from '../../lib/delivery/runFanOutJob';
import type { NewEntry } from '../../lib/ports/logStore';
import { type Action, parseServerFrame, type Reply, type ServerMessage, type User } from '../../lib/protocol';
import { FORBIDDEN } from '../../lib/protocol/errorReplies';
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
const ASKS = 25_000;
const SEED = 20_260_101;
const LEASE_MS = 90_000;
const HOUR_MS = 3_600_000;
const HELD_KEY = `${'0'.repeat(16)}#${'h'.repeat(43)}#${'h'.repeat(43)}`;
/** The last rooms are private. A container may remember for ten seconds that one is not. */
const PRIVATE_ROOMS = 4;
const REMEMBERED_MS = 10_000;
const ROOM_NAMES = Array.from({ length: ROOMS }, (_, i) => `room-${i}`);

/** A frame of a forged client, with the room that it is about. */
type Frame = { action: Action; room: string; [field: string]: unknown };

/** The right that an action needs whatever it is about. A leave and a ping need none. */
const NEEDED: Partial<Record<Action, Right>> = {
  sendMessage: 'write',
  typing: 'write',
  signal: 'write',
  draft: 'write',
  getDraft: 'read',
  react: 'write',
  getReactions: 'read',
  joinRoom: 'read',
  getHistory: 'read',
  kick: 'moderate',
  unban: 'moderate',
  mute: 'moderate',
  setRoom: 'moderate',
  addMember: 'moderate',
  getBans: 'moderate',
  getMembers: 'moderate',
  report: 'read',
  getQueue: 'moderate',
  resolveReports: 'moderate',
  decide: 'moderate',
  follow: 'read',
  read: 'read',
};

/** Every action has to be carried out for a user with the right to it, or else a run shows nothing. */
const DONE = [
  ...['sendMessage ack', 'editMessage ack', 'deleteMessage ack', 'joinRoom joined', 'getHistory history'],
  ...[
    'typing ok',
    'signal ok',
    'draft ok',
    'kick ok',
    'unban ok',
    'mute ok',
    'setRoom ok',
    'addMember ok',
    'removeMember ok',
    'leaveRoom ok',
    'getBans bans',
    'getMembers members',
    'report ok',
    'getQueue queue',
    'resolveReports ok',
    'ping pong',
    'follow ok',
    'unfollow ok',
    'getRooms rooms',
    'read readMarked',
  ],
];

/** What a user who is no member may still do about a private room. */
const OWN: readonly Action[] = ['leaveRoom', 'unfollow', 'removeMember'];

function numberIn(text: string): number {
  return Number(/\d+/.exec(text)?.[0]);
}

const HANDLERS = [handleSendMessage, handleRoomAction, handleModeratorAction] as const;

function handlerOf(action: Action): (typeof HANDLERS)[number] {
  if (NEEDED[action] === 'moderate' || action === 'removeMember') return handleModeratorAction;
  return /Message$/.test(action) ? handleSendMessage : handleRoomAction;
}

function isModerators({ type }: ServerMessage): boolean {
  return type === 'bans' || type === 'members' || type === 'queue';
}

/** What each user may do in each room, drawn by lot and said in a token's grants. */
function drawMatrix(random: () => number): {
  allows: (user: number, room: number, right: Right) => boolean;
  grants: string[];
} {
  const letters = Array.from({ length: USERS }, () =>
    Array.from({ length: ROOMS }, () =>
      pick(random, ['-', '-', 'r', 'r', 'w', 'rw', 'rw', 'rw', 'rwm', 'm', 'rm', 'wm']),
    ),
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
  const isPrivate = (room: string) => numberIn(room) >= ROOMS - PRIVATE_ROOMS;
  /** When users were removed for good from private rooms, or before any began to be added again. */
  const out = new Map<string, number>();
  const isOut = (user: number, room: string) =>
    isPrivate(room) && clock.now() > START + REMEMBERED_MS && out.has(`${user} ${room}`);
  const seen = {
    frames: 0,
    closed: 0,
    inPrivate: 0,
    forbidden: 0,
    acknowledged: 0,
    actions: new Set<string>(),
  };
  const people: Requester[] = grants.flatMap((permissions, i) =>
    ['a', 'b'].map((socket) => ({
      id: `u${i}-${socket}`,
      user: { id: `u${i}`, name: `User ${i}` },
      expiresAt: START + HOUR_MS,
      permissions,
    })),
  );
  const numberOf = numberIn;

  /** Holds what reaches a socket against the matrix: only a refusal may speak of a room one must not read. */
  const look = (socket: string, message: ServerMessage): void => {
    seen.frames++;
    const rooms =
      message.type === 'pong'
        ? Object.keys(message.behind)
        : message.type === 'rooms'
          ? message.rooms.flatMap(({ room, head }) => (head === undefined ? [] : [room]))
          : 'room' in message && message.room
            ? [message.room]
            : [];
    const tells = message.type !== 'error' && message.type !== 'ok' && message.type !== 'ack';
    for (const room of tells ? rooms : []) {
      const isOwnList = message.type === 'roomAdded' || message.type === 'roomRemoved';
      // A removal tells the user of itself.
      const isFarewell = message.type === 'system' && message.user.id === `u${numberOf(socket)}`;
      if (isPrivate(room)) seen.inPrivate++;
      if (isOut(numberOf(socket), room) && !isOwnList && !isFarewell)
        wrong.push(`${socket} got ${message.type} of the private ${room}`);
      if (isOwnList) continue;
      if (!allows(numberOf(socket), numberOf(room), isModerators(message) ? 'moderate' : 'read'))
        wrong.push(`${socket} got ${message.type} of ${room}`);
    }
  };

  const lambda: Lambda = createLambda({
    clock,
    random,
    dice,
    stores,
    settings: { logId: 'sim', sendsPerSecond: 5, userSendsPerSecond: 10, leaseMs: LEASE_MS, editMs: HOUR_MS },
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

  /** Additions that have begun, and that have been answered. */
  const added = new Map<string, number>();
  const settled = new Map<string, number>();

  const authorOf = (room: string, seq: unknown): string | undefined => {
    const entry = stores.rows.get(room)?.[Number(seq)]?.entry;
    return entry?.type === 'message' ? entry.from.id : undefined;
  };

  /** Whether the matrix refuses a frame; `undefined` where only the target of a change decides. */
  const isRefused = (who: Requester, { action, room, of, user }: Frame): boolean | undefined => {
    const may = (right: Right) => allows(numberOf(who.id), numberOf(room), right);
    const isOwn = authorOf(room, of) === who.user.id;
    if (isPrivate(room) && /^(edit|delete)/.test(action))
      return may('write') || may('moderate') ? undefined : true;
    if (action === 'editMessage') return may('write') ? (isOwn ? false : undefined) : true;
    if (action === 'deleteMessage') {
      if (may('moderate')) return false;
      return may('write') ? (isOwn ? false : undefined) : true;
    }
    if (action === 'removeMember' && user !== who.user.id && !may('moderate')) return true;
    const needed = NEEDED[action];
    if (isPrivate(room) && (needed === undefined || may(needed))) return undefined;
    return needed !== undefined && !may(needed);
  };

  const ask = async (who: Requester, frame: Frame): Promise<void> => {
    const right = handlerOf(frame.action);
    const strays = random() < 0.1;
    const answer = strays
      ? pick(
          random,
          HANDLERS.filter((handler) => handler !== right),
        )
      : right;
    const wasOut = isOut(numberOf(who.id), frame.room);
    const key = `${numberOf(String(frame.user ?? ''))} ${frame.room}`;
    if (frame.action === 'addMember' || (frame.action === 'setRoom' && frame.private))
      out.delete(frame.action === 'addMember' ? key : `${numberOf(who.id)} ${frame.room}`);
    const adds = (added.get(key) ?? 0) + (frame.action === 'addMember' ? 1 : 0);
    added.set(key, adds);
    const { room: _, ...withoutRoom } = frame;
    const isOfNoRoom = frame.action === 'ping' || frame.action === 'getRooms';
    const reply: Reply = await lambda.invoke(
      (context) => answer(context, who, JSON.stringify(isOfNoRoom ? withoutRoom : frame)),
      () => {},
    );
    look(who.id, reply);
    if (frame.action === 'addMember') settled.set(key, (settled.get(key) ?? 0) + 1);
    const isSettled = added.get(key) === adds && (settled.get(key) ?? 0) === adds;
    if (frame.action === 'removeMember' && reply.type === 'ok' && isSettled) out.set(key, clock.now());
    if (wasOut && reply.type === 'error') seen.closed++;
    const isWrite = reply.type === 'ack' || (reply.type === 'ok' && !OWN.includes(frame.action));
    if (wasOut && isWrite && out.has(`${numberOf(who.id)} ${frame.room}`))
      wrong.push(`${who.id} did ${frame.action} in the private ${frame.room}`);
    seen.actions.add(`${frame.action} ${reply.type}`);
    const isForbidden = reply.type === 'error' && reply.message === FORBIDDEN.message;
    if (isForbidden) seen.forbidden++;
    if (reply.type === 'ack') seen.acknowledged++;
    const expected = strays && frame.action === 'removeMember' ? undefined : isRefused(who, frame);
    if (expected !== undefined && isForbidden !== expected)
      wrong.push(`${who.id} was ${isForbidden ? '' : 'not '}refused ${frame.action} in ${frame.room}`);
    if (strays && reply.type !== 'error') wrong.push(`${frame.action} was done on a route of others`);
  };

  /** Whether an entry of the log is by a user with the right to it. */
  const mayHaveWritten = (room: string, entry: NewEntry): boolean => {
    const may = ({ id }: User, right: Right) => allows(numberOf(id), numberOf(room), right);
    if (entry.type === 'system')
      return entry.by !== undefined && (entry.by.id === entry.user.id || may(entry.by, 'moderate'));
    if (entry.type === 'reacted')
      return Object.values(entry.users).every((users) => users.every((user) => may(user, 'write')));
    if (!entry.from) return false;
    if (entry.type === 'message') return may(entry.from, 'write');
    if (entry.type === 'deleted' && entry.by === 'moderator') return may(entry.from, 'moderate');
    return may(entry.from, 'write') && authorOf(room, entry.of) === entry.from.id;
  };

  for (const room of ROOM_NAMES.filter(isPrivate)) {
    await stores.roomSettings.change(room, { private: true });
    for (let i = 0; i < USERS; i++)
      if (random() < 0.5) await stores.memberships.add(`u${i}`, { room, since: START });
      else out.set(`${i} ${room}`, START);
  }
  for (const who of people)
    clock.after(
      between(random, 0, 1_000),
      () =>
        void lambda.invoke(
          (context) => openConnection({ ...context, maxConnections: 5, leaseMs: LEASE_MS }, who),
          () => {},
        ),
    );
  for (const who of people)
    for (const room of ROOM_NAMES.filter(() => random() < 0.5))
      clock.after(between(random, 2_000, 20_000), () => void ask(who, { action: 'joinRoom', room }));
  for (let i = 0; i < ASKS; i++)
    clock.after(between(random, 2_000, LASTS_MS), () => {
      const who = pick(random, people);
      const room = pick(random, ROOM_NAMES);
      const after = Math.max(0, (stores.rows.get(room)?.length ?? 1) - 1);
      const change = { room, id: `message-${i}`, after };
      const of = Math.max(1, whole(random, after - 5, after));
      const user = `u${whole(random, 0, USERS - 1)}`;
      void ask(
        who,
        pick<Frame>(random, [
          { action: 'joinRoom', room },
          { action: 'joinRoom', room, after: 0 },
          { action: 'joinRoom', room },
          { action: 'getHistory', room },
          { action: 'typing', room },
          { action: 'signal', room, name: 'wave' },
          { action: 'draft', room, of, generation: i + 1, offset: 0, text: 'so' },
          { action: 'getDraft', room, of, user },
          { action: 'sendMessage', ...change, text: 'x' },
          { action: 'sendMessage', ...change, text: 'x' },
          { action: 'sendMessage', ...change, text: 'x' },
          { action: 'sendMessage', ...change, text: 'x' },
          { action: 'editMessage', ...change, of, text: 'y' },
          { action: 'deleteMessage', ...change, of },
          { action: 'react', room, of, name: 'yes', on: true, v: i },
          { action: 'getReactions', room, of },
          { action: 'kick', room, user, forMs: 1_000 },
          { action: 'unban', room, user },
          { action: 'mute', room, user, forMs: pick(random, [0, 1_000]) },
          { action: 'setRoom', room, readOnly: random() < 0.05, slow: pick(random, [0, 0, 0, 1]) },
          pick<Frame>(random, [
            { action: 'addMember', room, user },
            { action: 'removeMember', room, user: pick(random, [user, who.user.id]) },
          ]),
          { action: 'getBans', room },
          { action: 'getMembers', room },
          pick<Frame>(random, [
            { action: 'report', room, of, reason: 'why' },
            { action: 'getQueue', room },
            { action: 'resolveReports', room, of },
            { action: 'decide', room, held: HELD_KEY, verdict: 'allow' },
          ]),
          { action: 'leaveRoom', room },
          { action: 'follow', room },
          { action: 'unfollow', room },
          { action: 'getRooms', room },
          { action: 'read', room, seq: after, version: 0 },
          { action: 'ping', room, rooms: Object.fromEntries(ROOM_NAMES.map((name) => [name, 0])) },
        ]),
      );
    });
  await clock.runUntil(START + LASTS_MS + 30_000);

  for (const [room, rows] of stores.rows)
    for (const row of rows)
      if (row && !mayHaveWritten(room, row.entry)) wrong.push(`${room} has ${JSON.stringify(row.entry)}`);
  console.log(
    `seed ${SEED}: ${seen.frames} frames, ${seen.acknowledged} acknowledged, ${seen.forbidden} refusals, ` +
      `${seen.inPrivate} frames of private rooms, ${seen.closed} refusals there, ${wrong.length} wrong`,
  );
  expect([...seen.actions]).toEqual(expect.arrayContaining(DONE));
  expect(wrong).toEqual([]);
  expect(seen.inPrivate).toBeGreaterThan(500);
  expect(seen.closed).toBeGreaterThan(500);
  expect(seen.acknowledged).toBeGreaterThan(300);
  expect(seen.frames).toBeGreaterThan(5_000);
});
