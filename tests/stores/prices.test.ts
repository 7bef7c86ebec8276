import { readFileSync } from 'node:fs';
import { publishAsOperator, publishAsUser } from '../../lib/actions/publishForBackEnd';
import { handleModeratorAction, handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { ConditionFailed, type Database } from '../../lib/aws/dynamodb/database';
import { openConnection } from '../../lib/connections/openConnection';
import { removeClosedConnection } from '../../lib/connections/removeClosedConnections';
import { removeUserEverywhere } from '../../lib/moderation/removeUser';
import type { BackEndContext, UserContext } from '../../lib/ports/contexts';
import type { Joined } from '../../lib/protocol';
import { createCharge, SYNCS } from '../../lib/rateLimiting/tokenBucket';
import { awsClients } from '../awsHttp/awsClients';
import { createHarness, HOUR, NOW } from '../unit/harness';
import {
  createTables,
  type Engine,
  environmentFor,
  hasDynoxide,
  startDynalite,
  startDynoxide,
} from './engines';

jest.setTimeout(300_000);

const LONGEST_TEXT = '🦄'.repeat(4_000);
const ROWS = 700;
const ann = { id: 'ann', name: 'Ann' };
const eve = { id: 'eve', name: 'Eve' };
const mallory = { id: 'mallory', name: 'Mallory' };
/** The most rooms of a connection, with the longest names. */
const FULL_ROOMS = Array.from({ length: 50 }, (_, i) => `room-${i}`.padEnd(64, 'x'));

type Context = BackEndContext & UserContext;
/** The capacity units that the database says a frame consumed. */
const spent = { read: 0, write: 0 };

/** Sums what each call consumes. Of a condition that was not met the database tells nothing: it costs the row. */
function metered(database: Database): Database {
  return {
    async call(operation, input) {
      const isWrite = /Put|Update|Delete/.test(operation);
      try {
        const output = await database.call(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
        const { ConsumedCapacity = [] } = output as { ConsumedCapacity?: unknown };
        for (const { CapacityUnits } of [ConsumedCapacity].flat() as { CapacityUnits: number }[])
          spent[isWrite ? 'write' : 'read'] += CapacityUnits;
        return output;
      } catch (error) {
        if (error instanceof ConditionFailed)
          spent.write += Math.max(1, Math.ceil(JSON.stringify(error.row ?? '').length / 1024));
        throw error;
      }
    },
  };
}

let engine: Engine;
let tables: Awaited<ReturnType<typeof createTables>>;
let opened: ReturnType<typeof tables.connect>;

/** The core in a container that remembers nothing. */
const container = (): Context => ({
  ...createHarness({ retentionMs: HOUR }),
  ...opened.stores,
  clock: { now: () => NOW, wait: async () => {} },
  random: () => 0,
});

const requester = (id: string, user = ann): Requester => ({
  id,
  user,
  expiresAt: NOW + HOUR,
  permissions: '*:rwm',
});

const open = async (id: string, user = ann, rooms: readonly string[] = []): Promise<Requester> => {
  const who = requester(id, user);
  await opened.stores.connections.open(who, NOW + HOUR);
  for (const room of rooms) {
    await opened.stores.connections.join(id, room, createCharge('syncs', SYNCS, NOW), NOW + HOUR, 50);
    await opened.stores.members.add({ ...who, room });
  }
  return who;
};

beforeAll(async () => {
  engine = await (hasDynoxide ? startDynoxide() : startDynalite());
  tables = await createTables(engine.url);
  opened = tables.connect(() => metered(awsClients.sdk.createDatabase(environmentFor(engine.url))));
  const write = (seq: number) =>
    opened.stores.log.put('full', {
      type: 'message',
      seq,
      id: `message-${seq}`,
      text: LONGEST_TEXT,
      from: eve,
      at: NOW - HOUR,
    });
  for (let seq = 1; seq <= ROWS; seq += 25)
    await Promise.all(Array.from({ length: 25 }, (_, i) => write(seq + i)));
  await opened.stores.users.addBan(eve.id, { room: 'full', until: NOW + HOUR }, NOW);
  await opened.stores.users.addBan(mallory.id, { room: '*', until: NOW + HOUR }, NOW);
  await fillRooms();
});
/** Fills rooms with the most members that are announced, and a hall with the most that a reply serves. */
async function fillRooms(): Promise<void> {
  for (let i = 0; i < 500; i += 50)
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const id = `crowd-${i + n}`.padEnd(16, '=');
        const who = requester(id, { id: `user-${i + n}`, name: 'N'.repeat(64) });
        await opened.stores.members.add({ ...who, room: 'hall' });
        if (i + n >= 90) return;
        await opened.stores.connections.open(who, NOW + HOUR);
        for (const room of ['full', ...FULL_ROOMS]) await opened.stores.members.add({ ...who, room });
      }),
    );
  for (const room of FULL_ROOMS)
    await opened.stores.log.put(room, {
      type: 'message',
      seq: 1,
      id: 'message-1',
      text: LONGEST_TEXT,
      from: eve,
      at: NOW - HOUR,
    });
}

afterAll(async () => {
  opened.disconnect();
  await tables.drop();
  await engine.stop();
});

const send = (after: number, text = 'hello', id = 'my-own-id') => ({
  action: 'sendMessage',
  room: 'full',
  id,
  text,
  after,
});
const ask = async (who: Requester, frame: { action: string; [field: string]: unknown }) => {
  const isModerators = frame.action === 'kick' || frame.action === 'unban';
  const others = isModerators ? handleModeratorAction : handleRoomAction;
  const handle = /Message$/.test(frame.action) ? handleSendMessage : others;
  return handle(container(), who, JSON.stringify(frame));
};
const headOf = async (who: Requester) => (await ask(who, { action: 'joinRoom', room: 'full' })) as Joined;
const fiftyRooms = Object.fromEntries(
  Array.from({ length: 50 }, (_, i) => [i === 0 ? 'full' : `room-${i}`, 0]),
);

const shake = async (id: string, user = ann) => {
  const context = { ...container(), maxConnections: 5, leaseMs: 90_000 };
  return { type: await openConnection(context, { ...requester(id, user), takesRefusal: true }) };
};

interface Price {
  frame: string;
  /** What it costs at most, in capacity units. */
  read: number;
  write: number;
  /** Makes ready what the frame needs; gives the frame. */
  prepare(): Promise<() => Promise<{ type: string }>>;
  reply: object;
}

const PRICES: Price[] = [
  {
    frame: '`sendMessage` by a connection that is not a member, `after` 0',
    read: 3,
    write: 2,
    reply: { code: 'notMember' },
    async prepare() {
      const who = await open('stranger-1');
      return () => ask(who, send(0));
    },
  },
  {
    frame: '`sendMessage` above its rate',
    read: 3,
    write: 2,
    reply: { code: 'rateLimited' },
    async prepare() {
      const who = await open('fast-1', ann, ['full']);
      const charge = createCharge('sends', { burst: 20, perSecond: 5 }, NOW, 20);
      await opened.stores.connections.charge(who.id, 'full', charge, NOW + HOUR);
      return () => ask(who, send(0));
    },
  },
  {
    frame: '`getHistory` by a connection that is not a member',
    read: 3,
    write: 2,
    reply: { code: 'notMember' },
    async prepare() {
      const who = await open('stranger-2');
      return () => ask(who, { action: 'getHistory', room: 'full' });
    },
  },
  {
    frame: '`joinRoom` by a banned user',
    read: 3,
    write: 2,
    reply: { code: 'forbidden' },
    async prepare() {
      const who = await open('banned-1', eve);
      await opened.stores.connections.requireBanCheck(who.id, ['full']);
      return () => ask(who, { action: 'joinRoom', room: 'full' });
    },
  },
  {
    frame: '`ping` with 50 rooms on a closed connection',
    read: 3,
    write: 2,
    reply: { code: 'expired' },
    prepare: async () => () => ask(requester('closed-1'), { action: 'ping', rooms: fiftyRooms }),
  },
  {
    frame: '`typing` by a connection that is not a member',
    read: 3,
    write: 2,
    reply: { code: 'notMember' },
    async prepare() {
      const who = await open('stranger-3');
      return () => ask(who, { action: 'typing', room: 'full' });
    },
  },
  {
    frame: 'HTTP post by a banned user, `after` 0',
    read: 3,
    write: 2,
    reply: { code: 'forbidden' },
    prepare: async () => () =>
      publishAsUser(container(), eve, {
        action: 'sendMessage',
        room: 'full',
        id: 'my-own-id',
        text: 'hello',
        after: 0,
      }),
  },
  {
    frame: 'HTTP post above its rate, `after` 0',
    read: 3,
    write: 2,
    reply: { code: 'rateLimited' },
    async prepare() {
      const bot = { id: 'fast-bot', name: 'Bot' };
      const charge = createCharge('sends', { burst: 40, perSecond: 10 }, NOW, 40);
      await opened.stores.sendQuotas.charge(bot.id, charge);
      return () =>
        publishAsUser(container(), bot, {
          action: 'sendMessage',
          room: 'full',
          id: 'my-own-id',
          text: 'hello',
          after: 0,
        });
    },
  },
  {
    frame: '`sendMessage` answered `behind`, `after` 0',
    read: 40,
    write: 4,
    reply: { code: 'behind' },
    async prepare() {
      const who = await open('member-1', ann, ['full']);
      return () => ask(who, send(0));
    },
  },
  {
    frame: '`sendMessage` answered `behind`, 400 of the longest texts missed',
    read: 200,
    write: 4,
    reply: { code: 'behind' },
    async prepare() {
      const who = await open('member-2', ann, ['full']);
      return () => ask(who, send(ROWS - 400));
    },
  },
  {
    frame: '`sendMessage` of the longest text',
    read: 40,
    write: 40,
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-3', ann, ['full']);
      return () => ask(who, send(ROWS, LONGEST_TEXT, 'longest-id'));
    },
  },
  {
    frame: "`editMessage` of another's message",
    read: 20,
    write: 4,
    reply: { code: 'forbidden' },
    async prepare() {
      const who = await open('member-8', ann, ['full']);
      const { head } = await headOf(who);
      return () => ask(who, { ...send(head, 'new', 'edit-no1'), action: 'editMessage', of: 1 });
    },
  },
  {
    frame: '`editMessage` of the longest text to another',
    read: 20,
    write: 80,
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-6', ann, ['full']);
      const { head } = await headOf(who);
      await ask(who, send(head, LONGEST_TEXT, 'edited-id'));
      return () =>
        ask(who, { ...send(head + 1, LONGEST_TEXT, 'edit-id1'), action: 'editMessage', of: head + 1 });
    },
  },
  {
    frame: '`deleteMessage` of the longest text',
    read: 20,
    write: 30,
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('member-7', ann, ['full']);
      const { head } = await headOf(who);
      await ask(who, send(head, LONGEST_TEXT, 'deleted-id'));
      const { text: _, ...frame } = send(head + 1, '', 'deletion');
      return () => ask(who, { ...frame, action: 'deleteMessage', of: head + 1 });
    },
  },
  {
    frame: '`getHistory` `around` a seq, of the longest texts',
    read: 320,
    write: 4,
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-9', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', around: 300 });
    },
  },
  {
    frame: '`getHistory` `at` a time, of the longest texts',
    read: 100,
    write: 4,
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-10', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', at: NOW - 1 });
    },
  },
  {
    frame: '`getHistory` of the longest texts',
    read: 160,
    write: 4,
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-4', ann, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', after: 100 });
    },
  },
  {
    frame: '`joinRoom` of the longest texts',
    read: 260,
    write: 4,
    reply: { type: 'joined' },
    async prepare() {
      const who = await open('member-5');
      return () => ask(who, { action: 'joinRoom', room: 'full' });
    },
  },
  {
    frame: 'HTTP post, `after` 0, 700 of the longest texts missed',
    read: 1_100,
    write: 40,
    reply: {},
    prepare: async () => () =>
      publishAsUser(container(), ann, {
        action: 'sendMessage',
        room: 'full',
        id: 'http-own-id',
        text: 'hello',
        after: 0,
      }),
  },
  {
    frame: 'handshake that is let in',
    read: 3,
    write: 3,
    reply: { type: 'opened' },
    prepare: async () => () => shake('new-1', { id: 'newcomer', name: 'New' }),
  },
  {
    frame: 'handshake of a banned user, with the reason told',
    read: 3,
    write: 4,
    reply: { type: 'banned' },
    prepare: async () => () => shake('new-2', mallory),
  },
  {
    frame: 'handshake above 5 connections, with the reason told',
    read: 10,
    write: 4,
    reply: { type: 'tooMany' },
    async prepare() {
      const many = { id: 'many', name: 'Many' };
      for (let i = 0; i < 5; i++) await shake(`many-${i}`, many);
      return () => shake('many-5', many);
    },
  },
  {
    frame: 'end of a connection in 50 full rooms',
    read: 5_500,
    write: 80,
    reply: {},
    async prepare() {
      const who = await open('gone-1', { id: 'gone', name: 'Gone' }, FULL_ROOMS);
      return async () => {
        await removeClosedConnection(container(), who.id);
        return { type: 'closed' };
      };
    },
  },
  {
    frame: '`leaveRoom` of a full room',
    read: 120,
    write: 10,
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('leaver-1', { id: 'leaver', name: 'Leaver' }, ['full']);
      return () => ask(who, { action: 'leaveRoom', room: 'full' });
    },
  },
  {
    frame: '`typing` in a full room',
    read: 120,
    write: 2,
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('typist-1', { id: 'typist', name: 'Typist' }, [FULL_ROOMS[0] ?? '']);
      return () => ask(who, { action: 'typing', room: FULL_ROOMS[0] });
    },
  },
  {
    frame: '`ping` with 50 rooms, behind the longest text in each',
    read: 500,
    write: 6,
    reply: { type: 'pong' },
    async prepare() {
      const who = await open('pinger-1', { id: 'pinger', name: 'Pinger' }, FULL_ROOMS);
      return () =>
        ask(who, { action: 'ping', rooms: Object.fromEntries(FULL_ROOMS.map((room) => [room, 0])) });
    },
  },
  {
    frame: '`sendMessage` in a room of 500',
    read: 15,
    write: 4,
    reply: { type: 'ack' },
    async prepare() {
      const who = await open('speaker-1', { id: 'speaker', name: 'Speaker' }, ['hall']);
      return () => ask(who, { ...send(0), room: 'hall' });
    },
  },
  {
    frame: '`kick` of a user with 5 connections from a full room',
    read: 130,
    write: 40,
    reply: { type: 'ok' },
    async prepare() {
      const victim = { id: 'victim', name: 'Victim' };
      for (let i = 0; i < 5; i++) {
        await shake(`victim-${i}`, victim);
        await open(`victim-${i}`, victim, [FULL_ROOMS[1] ?? '']);
      }
      const moderator = await open('moderator-1', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'kick', room: FULL_ROOMS[1], user: victim.id });
    },
  },
  {
    frame: '`unban`',
    read: 3,
    write: 2,
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('moderator-2', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'unban', room: 'full', user: 'nobody' });
    },
  },
  {
    frame: 'operator: ban of a user with 5 connections, one of them in 50 full rooms',
    read: 6_000,
    write: 1_000,
    reply: {},
    async prepare() {
      const outcast = { id: 'outcast', name: 'Outcast' };
      for (let i = 0; i < 5; i++) await shake(`outcast-${i}`, outcast);
      await open('outcast-0', outcast, FULL_ROOMS);
      return async () => {
        await removeUserEverywhere(container(), { user: outcast.id, until: NOW + HOUR });
        return { type: 'banned' };
      };
    },
  },
  {
    frame: 'operator: message in a room of 500, first attempt',
    read: 15,
    write: 4,
    reply: { type: 'ack' },
    prepare: async () => () =>
      publishAsOperator(container(), ann, {
        action: 'sendMessage',
        room: 'hall',
        id: 'operator-1',
        text: 'hello',
      }),
  },
];

it.each(PRICES)('$frame costs at most $read read and $write write units', async (price) => {
  const act = await price.prepare();
  spent.read = 0;
  spent.write = 0;

  const reply = await act();

  console.log(`${price.frame}: ${spent.read} read, ${spent.write} write`);
  expect(reply).toMatchObject(price.reply);
  expect(spent.read).toBeLessThanOrEqual(price.read);
  expect(spent.write).toBeLessThanOrEqual(price.write);
});

it('the page of prices says the same', () => {
  const page = readFileSync('docs/prices-of-frames.md', 'utf8');

  for (const { frame, read, write } of PRICES) expect(page).toContain(`| ${frame} | ${read} | ${write} |`);
});
