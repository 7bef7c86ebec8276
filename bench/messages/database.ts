import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  createTables,
  type Engine,
  hasDynoxide,
  startDynaliteApart,
  startDynoxide,
} from '../../tests/stores/engines';

const BATCH = 25;
const AT_ONCE = 8;
const EXPIRES = 4_000_000_000_000;
const ENTERS = { bucket: 'syncs', now: 0, costMs: 0, burstMs: 1 } as const;

/** A database with the template's tables and those of the patterns ours is compared with, and people in them. */
export interface Populated {
  engine: Engine;
  client: DynamoDBClient;
  names: { connections: string; members: string; messages: string };
  flat: { flat: string; flatMessages: string };
  /** Puts members into a room: into our table as our stores write them. Only the first, who sends, has a connection. */
  fill(room: string, size: number): Promise<void>;
}

export async function populate(): Promise<Populated> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const engine = await (hasDynoxide ? startDynoxide() : startDynaliteApart());
  const tables = await createTables(engine.url);
  const { names } = tables;
  const { connections, members } = tables.connect().stores;
  const client = new DynamoDBClient({
    endpoint: engine.url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const database = DynamoDBDocumentClient.from(client);
  const flat = { flat: 'Flat', flatMessages: 'FlatMessages' };
  await createFlatTables(client, flat);

  const fillOurs = async (room: string, ids: readonly string[]): Promise<void> => {
    await Promise.all(ids.map((id) => members.add({ room, id, expiresAt: EXPIRES })));
  };

  const fillFlat = async (room: string, ids: readonly string[], from: number): Promise<void> => {
    const requests = ids.map((connectionId, i) => {
      const user = from + i === 0 ? 'ann' : `user-${from + i}`;
      return { PutRequest: { Item: { connectionId, room, user, name: 'Somebody', expires: EXPIRES } } };
    });
    await database.send(new BatchWriteCommand({ RequestItems: { [flat.flat]: requests } }));
  };

  return {
    engine,
    client,
    names,
    flat,
    async fill(room, size) {
      const ids = Array.from({ length: size }, (_, i) => `${room}-${String(i).padStart(6, '0')}=`);
      const [sender = ''] = ids;
      await connections.open({ id: sender, user: { id: 'ann', name: 'Ann' }, expiresAt: EXPIRES }, EXPIRES);
      await connections.enter(sender, room, ENTERS, EXPIRES, 1);
      const starts = Array.from({ length: Math.ceil(size / BATCH) }, (_, i) => i * BATCH);
      const fillFrom = async (start: number) => {
        const batch = ids.slice(start, start + BATCH);
        await Promise.all([fillOurs(room, batch), fillFlat(room, batch, start)]);
      };
      while (starts.length > 0) await Promise.all(starts.splice(0, AT_ONCE).map(fillFrom));
    },
  };
}

async function createFlatTables(
  client: DynamoDBClient,
  { flat, flatMessages }: Populated['flat'],
): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: flat,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['connectionId', 'room'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byRoom',
          KeySchema: [
            { AttributeName: 'room', KeyType: 'HASH' },
            { AttributeName: 'connectionId', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: flatMessages,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'room', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'room', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
    }),
  );
  for (const TableName of [flat, flatMessages])
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05 }, { TableName });
}
