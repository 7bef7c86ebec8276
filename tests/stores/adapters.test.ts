import { createServer } from 'node:http';
import { BatchWriteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../lib/aws/dynamodb/batchGet';
import { ConditionFailed, type Database } from '../../lib/aws/dynamodb/database';
import { keyOf } from '../../lib/aws/dynamodb/hashedKey';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createSendQuotaStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { Unavailable } from '../../lib/ports/unavailable';
import { MAX_BAN_MS } from '../../lib/protocol';
import { createCharge } from '../../lib/rateLimiting/tokenBucket';
import { type Listening, listen } from '../../local/util/listen';
import { awsClients } from '../awsHttp/awsClients';
import { createConnections } from '../support/connections';
import {
  createTables,
  type Engine,
  environmentFor,
  hasDynoxide,
  PATIENCE_MS,
  startDynalite,
  startDynoxide,
  type Tables,
} from './engines';

jest.setTimeout(PATIENCE_MS);

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const ann = { id: 'ann', name: 'Ann' };

describe('rows in the database', () => {
  let engine: Engine;
  let tables: Tables;
  let opened: ReturnType<Tables['connect']>;

  beforeAll(async () => {
    engine = await startDynalite();
    tables = await createTables(engine.url);
    opened = tables.connect();
  });
  afterAll(async () => {
    opened.disconnect();
    await engine.stop();
  });

  const read = async (TableName: string, Key: Record<string, unknown>) =>
    (await opened.database.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;

  const put = (room: string, seq: number) =>
    opened.stores.log.put(room, { type: 'message', seq, id: `id-of-${seq}`, text: 'hi', from: ann, at: NOW });

  it('of connections are removed by the database an hour after the token has expired, in seconds', async () => {
    await opened.stores.connections.open({ id: 'c1', user: ann, expiresAt: NOW + 1 }, NOW);

    const ttl = NOW / 1000 + 1 + 3600;
    expect(await read(tables.names.connections, { connection: 'c1' })).toMatchObject({ ttl });
  });

  it('of users stay longer than any ban, and those of bans as long as the ban', async () => {
    const { users } = opened.stores;
    await users.addConnection('bob', 'c1', 5, NOW);
    await users.addBan('bob', { room: 'den', until: NOW + HOUR }, NOW);

    const user = await read(tables.names.connections, { connection: keyOf('user', 'bob') });
    expect(Number(user?.ttl) * 1000).toBeGreaterThan(NOW + MAX_BAN_MS);
    const ban = await read(tables.names.connections, { connection: keyOf('ban', 'bob', 'den') });
    expect(ban).toMatchObject({ ttl: (NOW + HOUR) / 1000 });
  });

  it('of members are their keys and the second of their expiry, and tell nothing of a user', async () => {
    await opened.stores.members.add({ room: 'den', id: 'c1', expiresAt: NOW + 1 });

    const row = { r: 'den', c: 'c1', e: NOW / 1000 + 1 };
    expect(await read(tables.names.members, { r: 'den', c: 'c1' })).toEqual(row);
  });

  it('of members in a later fence, and of those put out, say so, and the latter stay for three hours', async () => {
    await opened.stores.members.add({ room: 'den', id: 'c2', expiresAt: NOW }, 1);
    await opened.stores.members.tombstone('den', 'c3', 2, NOW);

    const e = NOW / 1000;
    expect(await read(tables.names.members, { r: 'den', c: 'c2' })).toEqual({
      r: 'den',
      c: 'c2',
      e,
      fence: 1,
    });
    expect(await read(tables.names.members, { r: 'den', c: 'c3' })).toEqual({
      r: 'den',
      c: 'c3',
      e: e + 3 * 3600,
      fence: 2,
      evicted: 1,
      memberUntil: 0,
    });
  });

  it('of the log have no expiry when they are written', async () => {
    await put('den', 1);

    expect(await read(tables.names.messages, { room: 'den', seq: 1 })).toEqual({
      room: 'den',
      seq: 1,
      id: 'id-of-1',
      user: 'ann',
      name: 'Ann',
      text: 'hi',
      at: NOW,
    });
  });

  it('of edits are read until their targets hold the bytes that were asked for', async () => {
    const words = { text: 'x'.repeat(2_000), from: ann, at: NOW };
    const { log } = opened.stores;
    await log.put('long', { type: 'message', seq: 1, id: 'id-of-1', ...words });
    for (let seq = 2; seq <= 61; seq++) {
      const edit = { type: 'edited' as const, seq, id: `id-of-${seq}`, of: 1, ...words };
      await log.put('long', edit);
      await log.clearPending('long', edit);
    }

    const { length } = await log.readForward('long', 2, 60, NOW, 10_000);

    expect(length).toBeGreaterThanOrEqual(5);
    expect(length).toBeLessThan(60);
  });

  it('of a later version’s type count by their seq', async () => {
    const row = { room: 'later', seq: 1, type: 'poll', id: 'id-of-1', user: 'ann', question: '?', at: NOW };
    await opened.database.send(new PutCommand({ TableName: tables.names.messages, Item: row }));

    expect(await opened.stores.log.readForward('later', 1, 1, NOW)).toEqual([{ type: 'unknown', seq: 1 }]);
    expect(await opened.stores.log.readIdentities('later', 1, 1)).toEqual([
      { seq: 1, id: 'id-of-1', user: 'ann', at: NOW, readKilobytes: 4 },
    ]);
  });

  it('are found beyond hundreds of expired ones in a few calls', async () => {
    const ttl = (NOW - HOUR) / 1000;
    const expired = Array.from({ length: 300 }, (_, i) => ({
      room: 'old',
      seq: i + 1,
      type: 'message',
      ttl,
    }));
    for (let i = 0; i < expired.length; i += 25) {
      const batch = expired.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }));
      await opened.database.send(new BatchWriteCommand({ RequestItems: { [tables.names.messages]: batch } }));
    }
    await put('old', 301);
    let calls = 0;
    const { stores, disconnect } = tables.connect(({ call }) => ({
      call(...asked) {
        calls++;
        return call(...asked);
      },
    }));

    expect(await stores.log.readForward('old', 1, 1, NOW)).toMatchObject([{ seq: 301 }]);

    expect(calls).toBeLessThanOrEqual(3);
    disconnect();
  });

  describe('beyond thousands of expired ones', () => {
    const EXPIRED = 5_000;
    const MAX_CALLS = 20;
    let calls = 0;
    let reader: ReturnType<Tables['connect']>;
    beforeAll(async () => {
      const old = Array.from({ length: EXPIRED }, (_, i) => ({
        room: 'busy',
        seq: i + 1,
        type: 'message',
        id: `id-${i}`,
        user: 'ann',
        name: 'Ann',
        text: 'old',
        at: NOW - 2 * HOUR,
        ttl: (NOW - HOUR) / 1000,
      }));
      for (let i = 0; i < old.length; i += 25) {
        const batch = old.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }));
        await opened.database.send(
          new BatchWriteCommand({ RequestItems: { [tables.names.messages]: batch } }),
        );
      }
      for (const seq of [1, 2, 3]) await put('busy', EXPIRED + seq);
      reader = tables.connect(({ call }) => ({
        call(...asked) {
          calls++;
          return call(...asked);
        },
      }));
    });
    beforeEach(() => {
      calls = 0;
    });
    afterAll(() => reader.disconnect());

    it.each([0, 17, 3_333])('are found above %s in a few calls', async (after) => {
      const read = await reader.stores.log.readForward('busy', after, 102, NOW, 32_000);

      expect(read.map(({ seq }) => seq)).toEqual([1, 2, 3].map((seq) => EXPIRED + seq));
      expect(calls).toBeLessThanOrEqual(MAX_CALLS);
    });

    it('are found although a row among the expired ones never expires', async () => {
      await put('mixed', 900);
      const old = Array.from({ length: 1_800 }, (_, i) => i + 1).filter((seq) => seq !== 900);
      for (let i = 0; i < old.length; i += 25) {
        const batch = old.slice(i, i + 25).map((seq) => ({
          PutRequest: { Item: { room: 'mixed', seq, type: 'message', ttl: (NOW - HOUR) / 1000 } },
        }));
        await opened.database.send(
          new BatchWriteCommand({ RequestItems: { [tables.names.messages]: batch } }),
        );
      }
      await put('mixed', 1_801);

      const read = await reader.stores.log.readForward('mixed', 0, 102, NOW);

      expect(read.at(-1)).toMatchObject({ seq: 1_801 });
    });

    it('are not looked for below the expired ones', async () => {
      expect(await reader.stores.log.readBackward('busy', EXPIRED, 101, NOW, 32_000)).toEqual([]);

      expect(calls).toBeLessThanOrEqual(3);
    });
  });
});

/**
 * What engines disagree on, with DynamoDB's own behaviour first. The adapters must do with either; nothing else
 * may rest on it. Besides: neither engine here removes rows whose `ttl` has passed, and neither throttles.
 */
describe('the names of rooms beside the row of their connection', () => {
  const RUN_OUT = { bucket: 'syncs' as const, now: NOW, costMs: 0, burstMs: 1_000 };
  const longName = (n: number) => `room-${n}`.padEnd(64, 'x');
  let engine: Engine;
  let tables: Tables;
  let opened: ReturnType<Tables['connect']>;

  beforeAll(async () => {
    engine = await startDynalite();
    tables = await createTables(engine.url);
    opened = tables.connect();
  });
  afterAll(async () => {
    opened.disconnect();
    await engine.stop();
  });

  /** A connection, and its store on a database that runs `before` ahead of the first write of names. */
  const openWith = async (id: string, before: () => Promise<unknown> = async () => {}) => {
    const inner = awsClients.sdk.createDatabase(environmentFor(engine.url));
    let hasRun = false;
    const database: Database = {
      async call(operation, input) {
        if (!hasRun && isOfNames(id, input) && operation === 'UpdateItem') {
          hasRun = true;
          await before();
        }
        return inner.call(operation, input);
      },
    };
    const store = createConnections(database, tables.names.connections);
    await store.open({ id, user: ann, expiresAt: NOW + HOUR }, NOW + HOUR);
    return store;
  };
  const isOfNames = (id: string, { Key }: object & { Key?: unknown }) =>
    (Key as { connection?: string } | undefined)?.connection === keyOf('rooms', id);
  const namesOf = async (id: string) => {
    const key = { connection: keyOf('rooms', id) };
    const row = await opened.database.send(new GetCommand({ TableName: tables.names.connections, Key: key }));
    return (row.Item?.names as Set<string> | undefined) ?? new Set<string>();
  };

  it('are none for short names, and stay for an hour after the token has expired for long ones', async () => {
    const store = await openWith('c1');
    await store.join('c1', 'twelve-chars', RUN_OUT, NOW + HOUR, 50);
    expect(await namesOf('c1')).toEqual(new Set());

    await store.join('c1', 'thirteen-char', RUN_OUT, NOW + HOUR, 50);

    expect(await namesOf('c1')).toEqual(new Set(['thirteen-char']));
    const key = { connection: keyOf('rooms', 'c1') };
    const { Item } = await opened.database.send(
      new GetCommand({ TableName: tables.names.connections, Key: key }),
    );
    expect(Item).toMatchObject({ ttl: (NOW + HOUR) / 1000 + 3600 });
  });

  it('are kept by no join that comes after the end of the permissions', async () => {
    const store = await openWith('c2', () => opened.stores.connections.revoke('c2'));

    expect(await store.join('c2', longName(1), RUN_OUT, NOW + HOUR, 50)).toMatchObject({ contended: true });

    expect(await namesOf('c2')).toEqual(new Set());
    expect(await store.join('c2', longName(1), RUN_OUT, NOW + HOUR, 50)).toEqual({ kind: 'expired' });
  });

  /** A row that is full of the names of rooms that were left. */
  const fillNames = (id: string) =>
    opened.database.send(
      new PutCommand({
        TableName: tables.names.connections,
        Item: {
          ...{ connection: keyOf('rooms', id), version: 150 },
          names: new Set(Array.from({ length: 150 }, (_, n) => longName(n))),
        },
      }),
    );

  it('are 150 at most: those of rooms that were left make place', async () => {
    const store = await openWith('c3');
    await fillNames('c3');
    for (const n of [0, 149]) await store.join('c3', longName(n), RUN_OUT, NOW + HOUR, 50);
    await store.leave('c3', longName(149), RUN_OUT, NOW + HOUR);
    await store.noteUntold('c3', longName(7));
    expect((await namesOf('c3')).size).toBe(150);

    expect(await store.join('c3', longName(150), RUN_OUT, NOW + HOUR, 50)).toEqual({ fence: 1 });

    expect(await namesOf('c3')).toEqual(new Set([0, 7, 149, 150].map(longName)));
  });

  it('make no place by a name that another join writes at the same time', async () => {
    await openWith('c4');
    await fillNames('c4');
    const inner = awsClients.sdk.createDatabase(environmentFor(engine.url));
    let reads = 0;
    const store = createConnections(
      {
        async call(operation, input) {
          const output = await inner.call(operation, input);
          // Between the reads of the names and of the connection, and what is made of them.
          if (
            operation === 'GetItem' &&
            (input.Key as { connection: string }).connection === 'c4' &&
            !reads++
          )
            await opened.stores.connections.join('c4', longName(7), RUN_OUT, NOW + HOUR, 50);
          return output;
        },
      },
      tables.names.connections,
    );

    expect(await store.join('c4', longName(150), RUN_OUT, NOW + HOUR, 50)).toEqual({ fence: 0 });

    expect(reads).toBe(2);
    expect(await namesOf('c4')).toEqual(new Set([7, 150].map(longName)));
  });
});

describe('engines disagree on', () => {
  const engines: [string, () => Promise<Engine>, boolean][] = [
    ...(hasDynoxide ? [['dynoxide', startDynoxide, true] as [string, () => Promise<Engine>, boolean]] : []),
    ['dynalite', startDynalite, false],
  ];

  const running: Engine[] = [];
  afterAll(() => Promise.all(running.map((engine) => engine.stop())));

  it.each(engines)('the row that failed a condition: %s', async (_name, start, givesIt) => {
    const engine = await start();
    running.push(engine);
    const tables = await createTables(engine.url);
    const { stores, database, disconnect } = tables.connect();
    await stores.connections.open({ id: 'c1', user: ann, expiresAt: NOW + HOUR }, NOW);

    const refused = await database
      .send(
        new UpdateCommand({
          TableName: tables.names.connections,
          Key: { connection: 'c1' },
          UpdateExpression: 'SET sends = :none',
          ConditionExpression: 'attribute_exists(sends)',
          ExpressionAttributeValues: { ':none': 0 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch((error: Error) => error);

    expect(refused).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect('Item' in refused && refused.Item !== undefined).toBe(givesIt);
    disconnect();
  });
});

describe.each(Object.entries(awsClients))(
  'a failure of the database, with %s clients',
  (_clients, { createDatabase }) => {
    let answer: { status: number; body: string; headers?: Record<string, string> } | 'nothing';
    let asked = 0;
    const server = createServer((request, response) => {
      asked++;
      request.resume();
      if (answer === 'nothing') request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    let listening: Listening;
    let database: Database;

    beforeAll(async () => {
      listening = await listen(server);
      database = createDatabase(environmentFor(`http://127.0.0.1:${listening.port}`));
    });
    afterAll(() => listening.stop());
    beforeEach(() => {
      asked = 0;
    });

    const typed = (name: string, status = 400, message = 'no') => ({
      status,
      body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message }),
    });
    const failure = () =>
      database.call('GetItem', { TableName: 'x', Key: { id: 'y' } }).catch((thrown: unknown) => thrown);

    it.each<[string, typeof answer]>([
      ['a reply that never came', 'nothing'],
      ['an error of the service', typed('InternalServerError', 500)],
      ['a bad gateway', { status: 502, body: '<html>' }],
      ['too many requests', { status: 429, body: '' }],
      ['throttling', typed('ThrottlingException')],
      ['a table past its throughput', typed('ProvisionedThroughputExceededException')],
      ['an account past its throughput', typed('RequestLimitExceeded')],
      [
        'a type in a header',
        { status: 400, body: '', headers: { 'x-amzn-ErrorType': 'ThrottlingException:http://x/' } },
      ],
    ])('may pass, so it is tried again: %s', async (_name, given) => {
      answer = given;

      expect(await failure()).toBeInstanceOf(Unavailable);

      expect(asked).toBe(2);
    });

    it.each<[string, typeof answer]>([
      ['a transaction in the way', typed('TransactionConflictException')],
      ['a success that is not JSON', { status: 200, body: '<html>' }],
    ])('leaves it unknown whether the call was carried out: %s', async (_name, given) => {
      answer = given;

      expect(await failure()).toBeInstanceOf(Unavailable);
    });

    it.each([
      ['a request that is wrong', typed('ValidationException'), 'ValidationException: no'],
      ['a right that is missing', typed('AccessDeniedException'), 'AccessDeniedException: no'],
      ['a table that is missing', typed('ResourceNotFoundException'), 'ResourceNotFoundException: no'],
      ['a refusal without a word', { status: 403, body: '' }, 'Status403'],
    ])('is not hidden: %s', async (_name, given, told) => {
      answer = given;

      const error = await failure();

      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Unavailable);
      expect((error as Error).message).toContain(`DynamoDB refused GetItem: ${told}`);
      expect(asked).toBe(1);
    });

    it('may be the condition of a write, with the row that did not meet it', async () => {
      answer = {
        status: 400,
        body: JSON.stringify({
          __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
          Item: { id: { S: 'y' }, count: { N: '3' }, rooms: { SS: ['den'] } },
        }),
      };

      const error = await failure();

      expect(error).toBeInstanceOf(ConditionFailed);
      expect(error).toMatchObject({ row: { id: 'y', count: 3, rooms: new Set(['den']) } });
      expect(asked).toBe(1);
    });

    it('is unavailability when the server is not there at all', async () => {
      const engine = await startDynalite();
      const tables = await createTables(engine.url);
      const { stores, disconnect } = tables.connect();
      await engine.stop();

      await expect(stores.log.readIdentities('den', 1, 1)).rejects.toBeInstanceOf(Unavailable);
      disconnect();
    });

    it.each([
      ['reads on when the database gives a part', 3, ['a', 'b', 'c']],
      ['gives up when it keeps giving nothing', 0, undefined],
    ])('%s', async (_name, gives, expected) => {
      const left = ['a', 'b', 'c'].map((id) => ({ id }));
      let calls = 0;
      const stingy: Database = {
        async call() {
          calls++;
          const given = gives > 0 ? left.splice(0, 1) : [];
          return {
            Responses: { table: given },
            UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {},
          };
        },
      };

      const reading = batchGet(stingy, 'table', [...left], ['id']);

      if (expected) expect((await reading).map(({ id }) => id)).toEqual(expected);
      else await expect(reading).rejects.toBeInstanceOf(Unavailable);
      expect(calls).toBeLessThanOrEqual(5);
    });
  },
);

describe('a bucket that other requests keep moving', () => {
  let calls = 0;
  const contended: Database = {
    async call() {
      calls++;
      throw new ConditionFailed({ sends: NOW + calls, units: NOW + calls });
    },
  };
  const quotas = createSendQuotaStore(contended, 'T');
  beforeEach(() => {
    calls = 0;
  });

  it('refuses after four attempts', async () => {
    const charge = createCharge({ bucket: 'sends', burst: 20, perSecond: 5 }, NOW);

    expect(await quotas.charge('ann', charge)).toMatchObject({ kind: 'rateLimited', contended: true });
    expect(calls).toBe(4);
  });

  it('is charged for units later, after four attempts', async () => {
    expect(await quotas.chargeUnits('ann', { now: NOW, costMs: 1_000 })).toBeUndefined();
    expect(calls).toBe(4);
  });
});

it('a batch of any size is read in parts of a hundred keys, those left out among them', async () => {
  const sizes: number[] = [];
  const database: Database = {
    async call(_operation, { RequestItems }) {
      const keys = [...(RequestItems?.table?.Keys ?? [])];
      sizes.push(keys.length);
      return { Responses: { table: keys.splice(0, 60) }, UnprocessedKeys: { table: { Keys: keys } } };
    },
  };
  const keys = Array.from({ length: 999 }, (_, i) => ({ id: `c${i}` }));

  const read = await batchGet(database, 'table', keys, ['id']);

  expect(new Set(read.map(({ id }) => id)).size).toBe(999);
  expect(Math.max(...sizes)).toBe(100);
});

it('a bucket that others move under every try is told from one that is full', async () => {
  const charge = createCharge({ bucket: 'sends', burst: 20, perSecond: 5 }, NOW);
  const standing = (sends: number): Database => ({
    async call() {
      throw new ConditionFailed({ expires: NOW + HOUR, rooms: new Set(['den']), sends });
    },
  });
  const refusals = (database: Database) =>
    Promise.all([
      createSendQuotaStore(database, 'Connections').charge('ann', charge),
      createConnections(database, 'Connections').charge('c1', 'den', charge, NOW + HOUR),
    ]);

  const contended = { kind: 'rateLimited', retryAfterMs: 200, contended: true };
  expect(await refusals(standing(NOW + 1))).toEqual([contended, contended]);
  const full = { kind: 'rateLimited', retryAfterMs: 200 };
  expect(await refusals(standing(NOW + 4_000))).toEqual([full, full]);
});

it('a room of which many were put out is read in whole pages', async () => {
  const rows = Array.from({ length: 96 }, (_, i) => ({
    r: 'den',
    c: `c${i}`,
    e: 1,
    ...(i % 2 && { evicted: 1 }),
  }));
  const limits: number[] = [];
  const database: Database = {
    async call(_operation, { Limit, ExclusiveStartKey }) {
      limits.push(Number(Limit));
      const from = Number((ExclusiveStartKey as { at: number } | undefined)?.at ?? 0);
      const to = from + Number(Limit);
      return { Items: rows.slice(from, to), ...(to < rows.length && { LastEvaluatedKey: { at: to } }) };
    },
  };

  const pages: number[] = [];
  for await (const page of createMemberStore(database, 'Members').list('den', 16)) pages.push(page.length);

  expect(pages).toEqual([16, 16, 16]);
  expect(limits).toEqual([16, 16, 16, 16, 16, 16]);
});
