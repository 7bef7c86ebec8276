import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import type { Database } from '../../lib/aws/dynamodb/database';
import { createMeteredDatabase } from '../../lib/aws/dynamodb/meteredDatabase';
import { openConnection } from '../../lib/connections/openConnection';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import { fileRoute, uploadRoute } from '../../lib/http/fileRoutes';
import { publishRoute } from '../../lib/http/publishRoute';
import type { HttpResponse } from '../../lib/http/response';
import type { ModerationContext } from '../../lib/moderation/recordRemoval';
import type {
  BackEndContext,
  DecisionContext,
  DraftContext,
  FollowContext,
  ListedMemberContext,
  ReportContext,
  UnreadContext,
} from '../../lib/ports/contexts';
import type { FileSigner, FileStore } from '../../lib/ports/fileStore';
import type { UnitMeter } from '../../lib/ports/unitMeter';
import type { UploadQuotaContext } from '../../lib/ports/uploadQuotaStore';
import type { Action } from '../../lib/protocol';
import { createUnitQuota } from '../../lib/rateLimiting/unitQuota';
import { seeded } from '../simulation/random';
import { createHarness, HOUR, NOW, range } from '../unit/harness';
import { secretOf } from '../unit/secretOf';
import { createTables, type Engine, type Stores, startNative } from './engines';

const LONGEST_TEXT = '🦄'.repeat(4_000);
const MINUTE = 60_000;
const STEP_MS = 100;
const MINUTES = 3;
const mallory = { id: 'mallory', name: 'Mallory' };
export const eve = { id: 'eve', name: 'Eve' };
const ROOMS = range(1, 10).map((n) => `room-${n}`);

const FILE = { id: 'f'.repeat(22), name: 'a.txt', type: 'text/plain', bytes: 1 };
const FILES: FileStore & FileSigner = {
  signUpload: () => ({ url: 'https://bucket.invalid', fields: {}, expiresAt: 0 }),
  signRead: () => 'https://bucket.invalid',
  find: async () => undefined,
  keep: async () => {},
  remove: async () => {},
  list: async () => [],
};

type Context = BackEndContext &
  DecisionContext &
  ModerationContext &
  DraftContext &
  FollowContext &
  UnreadContext &
  ListedMemberContext &
  ReportContext &
  UploadQuotaContext &
  Pick<Stores, 'connections'>;

let engine: Engine;
let tables: Awaited<ReturnType<typeof createTables>>;
const disconnects: (() => void)[] = [];
/** The time of every container. */
export const time = { now: NOW };
/** The same for each test, whichever ran before. */
const SEED = 1;
let random = seeded(SEED);
/** What all containers have consumed. */
export const spent = { read: 0, write: 0 };

/** A container of a function, with a memory and a meter of its own. What it consumes is summed beside it. */
export function container(onClose: (id: string) => void = () => {}): Context {
  let own: (Database & UnitMeter) | undefined;
  const { stores, disconnect } = tables.connect((database) => {
    const all = createMeteredDatabase(database);
    own = createMeteredDatabase({
      async call(operation, input) {
        try {
          return await all.call(operation, input);
        } finally {
          const { read, write } = all.take();
          spent.read += read;
          spent.write += write;
        }
      },
    });
    return own;
  });
  disconnects.push(disconnect);
  const clock = { now: () => time.now, wait: async () => {} };
  const harness = createHarness({ retentionMs: HOUR });
  return {
    ...harness,
    ...stores,
    dailyFileMegabytes: 500,
    poster: {
      ...harness.poster,
      async close(id) {
        onClose(id);
        return 'delivered';
      },
    },
    clock,
    random,
    unitQuota: createUnitQuota({
      meter: own ?? { take: () => ({ read: 0, write: 0 }) },
      store: stores.sendQuotas,
      clock,
      random,
      userSendsPerSecond: 10,
    }),
  };
}

/** Gives each test of a file tables with full logs. */
export function attackedRooms(): void {
  beforeAll(async () => {
    engine = await startNative();
  });

  beforeEach(async () => {
    random = seeded(SEED);
    tables = await createTables(engine.url);
    const { stores, disconnect } = tables.connect();
    disconnects.push(disconnect);
    await stores.users.addConnection(eve.id, 'other', 5, NOW);
    for (const room of ROOMS)
      await Promise.all(
        range(1, room === 'room-1' ? 200 : 5).map((seq) =>
          stores.log.put(room, {
            type: 'message',
            seq,
            id: `message-${seq}`,
            text: LONGEST_TEXT,
            from: eve,
            at: NOW - HOUR,
            ...(seq === 1 && { files: [FILE] }),
          }),
        ),
      );
    await stores.roomSettings.change(READ_ONLY, { readOnly: true });
  });

  afterEach(async () => {
    for (const disconnect of disconnects.splice(0)) disconnect();
    await tables.drop();
  });

  afterAll(() => engine.stop());
}

/** A frame that a user sends on every `every`th step. */
interface Habit {
  every: number;
  frame(step: number, connection: number): { action: Action; [field: string]: unknown };
}

const message = (id: string) =>
  ({ action: 'sendMessage', room: 'room-1', id, text: 'hello', after: 200 }) as const;
const cursors = Object.fromEntries(ROOMS.map((room) => [room, 0]));
const moderated = { room: 'room-4', user: eve.id };

const HELD_KEY = `${'0'.repeat(16)}#${'h'.repeat(43)}#${'h'.repeat(43)}`;

const LONGEST_DRAFT = {
  action: 'draft',
  room: 'room-1',
  of: 1,
  offset: 0,
  text: '🦄'.repeat(4_000),
} as const;

/** Every action of the protocol, each about as often as its bucket lets it through. */
export const EVERY_KIND: Record<Action, Habit> = {
  getHistory: { every: 1, frame: () => ({ action: 'getHistory', room: 'room-1', after: 50 }) },
  sendMessage: {
    every: 2,
    frame: (step, i) => ({ ...message(`text-${step}-${i}`), text: LONGEST_TEXT, after: 190 }),
  },
  getReactions: { every: 3, frame: () => ({ action: 'getReactions', room: 'room-1', of: 200 }) },
  ping: { every: 5, frame: () => ({ action: 'ping', rooms: cursors }) },
  react: {
    every: 7,
    frame: (step) => ({ action: 'react', room: 'room-1', of: 200, name: '👏', on: true, v: step + 1 }),
  },
  editMessage: {
    every: 9,
    frame: (step, i) => ({ ...message(`edit-${step}-${i}`), action: 'editMessage', of: 1, text: 'other' }),
  },
  deleteMessage: {
    every: 9,
    frame(step, i) {
      const { text: _, ...deletion } = message(`drop-${step}-${i}`);
      return { ...deletion, action: 'deleteMessage', of: 2 };
    },
  },
  kick: { every: 11, frame: () => ({ action: 'kick', ...moderated, forMs: 1_000 }) },
  unban: { every: 11, frame: () => ({ action: 'unban', ...moderated }) },
  mute: { every: 11, frame: () => ({ action: 'mute', ...moderated, forMs: 1_000 }) },
  setRoom: { every: 11, frame: (step) => ({ action: 'setRoom', room: 'room-4', title: `T ${step}` }) },
  addMember: { every: 11, frame: () => ({ action: 'addMember', ...moderated }) },
  removeMember: { every: 11, frame: () => ({ action: 'removeMember', ...moderated }) },
  openDirect: { every: 11, frame: () => ({ action: 'openDirect', user: 'attacker' }) },
  getBans: { every: 13, frame: () => ({ action: 'getBans', room: 'room-4' }) },
  getMembers: { every: 13, frame: () => ({ action: 'getMembers', room: 'room-1' }) },
  report: {
    every: 11,
    frame: (step) => ({ action: 'report', room: 'room-1', of: (step % 60) + 1, reason: 'r' }),
  },
  getQueue: { every: 13, frame: () => ({ action: 'getQueue', room: 'room-1' }) },
  resolveReports: {
    every: 13,
    frame: (step) => ({ action: 'resolveReports', room: 'room-1', of: (step % 60) + 1 }),
  },
  decide: {
    every: 13,
    frame: () => ({ action: 'decide', room: 'room-1', held: HELD_KEY, verdict: 'allow' }),
  },
  follow: { every: 17, frame: (step) => ({ action: 'follow', room: `followed-${step}` }) },
  unfollow: { every: 31, frame: (step) => ({ action: 'unfollow', room: `followed-${step}` }) },
  getRooms: { every: 5, frame: () => ({ action: 'getRooms' }) },
  read: { every: 5, frame: (step) => ({ action: 'read', room: 'followed-0', seq: step, version: 0 }) },
  signal: { every: 15, frame: () => ({ action: 'signal', room: 'room-1', name: 'wave' }) },
  draft: {
    every: 5,
    frame: (step) => ({ ...LONGEST_DRAFT, generation: step + 1 }),
  },
  getDraft: { every: 5, frame: () => ({ action: 'getDraft', room: 'room-1', of: 1, user: mallory.id }) },
  typing: { every: 20, frame: () => ({ action: 'typing', room: 'room-1' }) },
  leaveRoom: { every: 25, frame: () => ({ action: 'leaveRoom', room: 'room-3' }) },
  joinRoom: { every: 25, frame: () => ({ action: 'joinRoom', room: 'room-3' }) },
};

/** Frames so small that a container sees little of a user who spreads them. */
export const SMALL: Habit[] = [
  { every: 1, frame: () => ({ action: 'unban', ...moderated }) },
  { every: 4, frame: () => ({ action: 'signal', room: 'room-2', name: 'wave' }) },
  { every: 20, frame: () => ({ action: 'typing', room: 'room-2' }) },
];

/** The most rooms with the longest names: a write of their connection's row costs two units. The first is read-only. */
const LONGEST_NAMES = range(1, 49).map((n) => `long-${n}`.padEnd(64, 'x'));
const [READ_ONLY = ''] = LONGEST_NAMES;

/** Frames that a room refuses. Their bucket is hardly ever full, and then such a frame takes no rate token. */
export const REFUSED: Habit[] = (
  [
    { action: 'typing' },
    { action: 'signal', name: 'wave' },
    { ...LONGEST_DRAFT, text: 'a', generation: 1 },
    { ...message('refused-1'), after: 0 },
  ] as const
).map((frame) => ({ every: 1, frame: () => ({ ...frame, room: READ_ONLY }) }));

/** A user who is in such rooms, and moderates none. */
export const REFUSED_USER = { rooms: LONGEST_NAMES, permissions: '*:rw' };

const HTTP = ['publish', 'react', 'getReactions', 'upload', 'file'] as const;

/** A user who connects again whenever a connection is gone, sends frames, and waits where it is told to. */
function createAttacker(
  containers: number,
  habits: readonly Habit[],
  { rooms, permissions }: typeof REFUSED_USER,
) {
  let made = 0;
  /** The rooms that each open connection has still to join. */
  const open = new Map<string, string[]>();
  const waits = new Map<string, number>();
  const outcomes: Record<string, number> = {};
  const functions = () => {
    const all = range(1, containers / 5).map(() => container((id) => open.delete(id)));
    return () => all[made++ % all.length] as Context;
  };
  const [sender, actor, moderator, back, opener] = [
    functions(),
    functions(),
    functions(),
    functions(),
    functions(),
  ];
  const requester = (id: string): Requester => ({
    id,
    user: mallory,
    expiresAt: time.now + HOUR,
    permissions,
  });

  /** Does something unless it has to wait, and notes what came of it. */
  const attempt = async (
    what: string,
    from: string,
    act: () => Promise<{ type: string; code?: string; retryAfterMs?: number }>,
  ): Promise<string> => {
    const key = `${what} ${from}`;
    if (time.now < (waits.get(key) ?? time.now)) return 'waits';
    const { type, code, retryAfterMs = 0 } = await act();
    const outcome = `${what} ${code ?? type}`;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    waits.set(key, time.now + retryAfterMs);
    return type;
  };
  const ask = async (id: string, frame: ReturnType<Habit['frame']>): Promise<string> => {
    if (!open.has(id)) return 'gone';
    const text = JSON.stringify(frame);
    const isModerators = /^(kick|unban|mute|setRoom|getBans|getMembers|getQueue|resolveReports|decide)$/.test(
      frame.action,
    );
    return attempt(frame.action, id, () => {
      if (/Message$/.test(frame.action)) return handleSendMessage(sender(), requester(id), text);
      if (isModerators) return handleModeratorAction(moderator(), requester(id), text);
      return handleRoomAction(actor(), requester(id), text);
    });
  };
  const post = (step: number, kind: (typeof HTTP)[number]): Promise<HttpResponse> => {
    const route = {
      originSecret: secretOf(['secret']),
      identity: {
        verify: async () => ({ user: mallory, expiresAt: time.now + HOUR }),
        defaults: { guest: '*:rwm', user: '*:rwm' },
      },
    };
    const headers = { 'x-edge-chat-origin': 'secret', authorization: 'Bearer token' };
    const context = { ...back(), files: FILES };
    const {
      action: _,
      room,
      ...content
    } = { ...message(`posted-${step}`), room: 'room-2', text: LONGEST_TEXT, after: 0 };
    const upload = { name: FILE.name, type: FILE.type, bytes: 1, sha256: `${'A'.repeat(43)}=` };
    const posted = {
      publish: content,
      react: { action: kind, of: 3, name: '👏', on: true, v: step + 1 },
      getReactions: { action: kind, of: 3 },
    };
    if (kind in posted)
      return publishRoute(route, context, {
        ...{ room, headers },
        body: JSON.stringify(posted[kind as keyof typeof posted]),
      });
    if (kind === 'upload')
      return uploadRoute(route, context, { room, headers, body: JSON.stringify(upload) });
    return fileRoute(route, context, { room: 'room-1', headers, seq: '1', id: FILE.id });
  };

  return {
    outcomes,
    async connect() {
      while (open.size < 5) {
        const id = `connection-${++made}`;
        const outcome = await openConnection(
          { ...opener(), maxConnections: 5, leaseMs: 90_000 },
          requester(id),
        );
        outcomes[`handshake ${outcome}`] = (outcomes[`handshake ${outcome}`] ?? 0) + 1;
        if (outcome !== 'opened') return;
        open.set(id, [...rooms]);
      }
    },
    /** What it does in a tenth of a second: each connection as many frames as its buckets let through. */
    async act(step: number) {
      for (const [i, [id, left]] of [...open].entries()) {
        while (left[0] && (await ask(id, { action: 'joinRoom', room: left[0] })) === 'joined') left.shift();
        if (left.length > 0) continue;
        for (const { every, frame } of habits) if (step % every === 0) await ask(id, frame(step, i));
      }
      for (const kind of HTTP)
        await attempt(kind, '', async () => {
          const { statusCode, headers } = await post(step, kind);
          return { type: String(statusCode), retryAfterMs: 1000 * Number(headers['retry-after'] ?? 0) };
        });
      const [gone] = open.keys();
      if (step % 300 !== 0 || gone === undefined) return;
      open.delete(gone);
      await removeClosedConnection(opener(), gone);
    },
  };
}

/** What an attacker consumes a second, on average in each minute after the first. */
export async function consumedByAttacker(
  containers: number,
  habits: readonly Habit[],
  user = { rooms: ROOMS, permissions: '*:rwm' },
): Promise<{ read: number; write: number }[]> {
  time.now = NOW;
  const attacker = createAttacker(containers, habits, user);
  const minutes: { read: number; write: number }[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    Object.assign(spent, { read: 0, write: 0 });
    for (let step = 0; step < MINUTE / STEP_MS; step++) {
      if (step % 10 === 0) await attacker.connect();
      await attacker.act(step);
      time.now += STEP_MS;
    }
    minutes.push({ read: spent.read / 60, write: spent.write / 60 });
  }

  console.log(JSON.stringify({ seed: SEED, minutes, ...attacker.outcomes }));
  return minutes.slice(1);
}
