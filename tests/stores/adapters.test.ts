import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../lib/dynamo/batch';
import { call } from '../../lib/dynamo/client';
import { Unavailable } from '../../lib/ports';
import {
  createTables,
  type Engine,
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

  it('are removed by the database an hour after the token has expired, in seconds', async () => {
    const connection = { id: 'c1', user: ann, expiresAt: NOW + 1 };

    await opened.stores.connections.open(connection, NOW);
    await opened.stores.members.add({ ...connection, room: 'den' });

    const ttl = NOW / 1000 + 1 + 3600;
    expect(await read(tables.names.connections, { connection: 'c1' })).toMatchObject({ ttl });
    expect(await read(tables.names.members, { room: 'den', connection: 'c1' })).toMatchObject({ ttl });
  });

  it('of the log have no expiry when they are written', async () => {
    await put('den', 1);

    expect(await read(tables.names.messages, { room: 'den', seq: 1 })).toEqual({
      room: 'den',
      seq: 1,
      type: 'message',
      id: 'id-of-1',
      user: 'ann',
      name: 'Ann',
      text: 'hi',
      at: NOW,
    });
  });

  it('of a later version’s type count by their seq', async () => {
    const row = { room: 'later', seq: 1, type: 'poll', id: 'id-of-1', user: 'ann', question: '?', at: NOW };
    await opened.database.send(new PutCommand({ TableName: tables.names.messages, Item: row }));

    expect(await opened.stores.log.up('later', 1, 1, NOW)).toEqual([{ type: 'unknown', seq: 1 }]);
    expect(await opened.stores.log.slots('later', 1, 1)).toEqual([
      { seq: 1, id: 'id-of-1', user: 'ann', at: NOW },
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
    const { stores, database, disconnect } = tables.connect();
    let calls = 0;
    database.middlewareStack.add(
      (next) => (args) => {
        calls++;
        return next(args);
      },
      { step: 'initialize' },
    );

    expect(await stores.log.up('old', 1, 1, NOW)).toMatchObject([{ seq: 301 }]);

    expect(calls).toBeLessThanOrEqual(3);
    disconnect();
  });
});

/**
 * What engines disagree on, with DynamoDB's own behaviour first. The adapters must do with either; nothing else
 * may rest on it. Besides: neither engine here removes rows whose `ttl` has passed, and neither throttles.
 */
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

describe('a failure of the database', () => {
  const failing = (given: { name?: string; status?: number | undefined }) =>
    Object.assign(new Error('no'), {
      name: given.name ?? 'Error',
      $metadata: { httpStatusCode: given.status },
    });

  it.each([
    ['a reply that never came', failing({ name: 'TimeoutError' })],
    ['a connection that was refused', failing({})],
    ['an error of the service', failing({ name: 'InternalServerError', status: 500 })],
    ['a bad gateway', failing({ name: 'Unknown', status: 502 })],
    ['throttling', failing({ name: 'ThrottlingException', status: 400 })],
    ['a table past its throughput', failing({ name: 'ProvisionedThroughputExceededException', status: 400 })],
    ['an account past its throughput', failing({ name: 'RequestLimitExceeded', status: 400 })],
    ['a transaction in the way', failing({ name: 'TransactionConflictException', status: 400 })],
  ])('may pass: %s', async (_name, error) => {
    const outcome = await call('Testing', () => Promise.reject(error)).catch((thrown: unknown) => thrown);

    expect(outcome).toBeInstanceOf(Unavailable);
    expect(outcome).toMatchObject({ message: 'Testing did not finish.', cause: error });
  });

  it.each([
    ['a request that is wrong', failing({ name: 'ValidationException', status: 400 })],
    ['a right that is missing', failing({ name: 'AccessDeniedException', status: 400 })],
    ['a table that is missing', failing({ name: 'ResourceNotFoundException', status: 400 })],
    ['a condition that does not hold', failing({ name: 'ConditionalCheckFailedException', status: 400 })],
    ['a fault of our own', new TypeError('undefined is not a function')],
    ['something that is no error', 'no'],
  ])('is not hidden: %s', async (_name, error) => {
    const outcome = await call('Testing', () => Promise.reject(error)).catch((thrown: unknown) => thrown);

    expect(outcome).toBe(error);
  });

  it('is unavailability when the server is not there at all', async () => {
    const engine = await startDynalite();
    const tables = await createTables(engine.url);
    const { stores, disconnect } = tables.connect();
    await engine.stop();

    await expect(stores.log.slots('den', 1, 1)).rejects.toBeInstanceOf(Unavailable);
    disconnect();
  });

  it.each([
    ['reads on when the database gives a part', 3, ['a', 'b', 'c']],
    ['gives up when it keeps giving nothing', 0, undefined],
  ])('%s', async (_name, gives, expected) => {
    const database = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'local' }));
    const left = ['a', 'b', 'c'].map((id) => ({ id }));
    database.send = async () => {
      const given = gives > 0 ? left.splice(0, 1) : [];
      return {
        Responses: { table: given },
        UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {},
      };
    };

    const reading = batchGet(database, 'table', [...left], ['id']);

    if (expected) expect((await reading).map(({ id }) => id)).toEqual(expected);
    else await expect(reading).rejects.toBeInstanceOf(Unavailable);
  });
});
