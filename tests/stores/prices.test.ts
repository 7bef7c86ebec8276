import { readFileSync } from 'node:fs';
import { publishAsUser } from '../../lib/actions/publishForBackEnd';
import { handleRoomAction, handleSendMessage } from '../../lib/actions/routes';
import type { Requester } from '../../lib/auth/requester';
import { ConditionFailed, type Database } from '../../lib/aws/dynamodb/database';
import type { BackEndContext, UserContext } from '../../lib/ports/contexts';
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
  permissions: '*:rw',
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
});
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
  const handle = frame.action === 'sendMessage' ? handleSendMessage : handleRoomAction;
  return handle(container(), who, JSON.stringify(frame));
};
const fiftyRooms = Object.fromEntries(
  Array.from({ length: 50 }, (_, i) => [i === 0 ? 'full' : `room-${i}`, 0]),
);

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
    read: 180,
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
