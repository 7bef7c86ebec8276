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

/** A database with the template's tables and those of the patterns ours is compared with, and people in them. */
export interface Populated {
  engine: Engine;
  client: DynamoDBClient;
  names: { connections: string; members: string; messages: string };
  flat: { flat: string; flatMessages: string };
  /** Adds connections that are in a room. */
  fill(room: string, members: number): Promise<void>;
}

export async function populate(): Promise<Populated> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const engine = await (hasDynoxide ? startDynoxide() : startDynaliteApart());
  const { names } = await createTables(engine.url);
  const client = new DynamoDBClient({
    endpoint: engine.url,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const database = DynamoDBDocumentClient.from(client);
  const flat = { flat: 'Flat', flatMessages: 'FlatMessages' };
  await createFlatTables(client, flat);

  const write = async (requests: [string, object][]): Promise<void> => {
    const RequestItems: Record<string, { PutRequest: { Item: Record<string, unknown> } }[]> = {};
    for (const [table, Item] of requests) {
      RequestItems[table] ??= [];
      RequestItems[table].push({ PutRequest: { Item: Item as Record<string, unknown> } });
    }
    await database.send(new BatchWriteCommand({ RequestItems }));
  };

  return {
    engine,
    client,
    names,
    flat,
    async fill(room, members) {
      const rows = Array.from({ length: members }, (_, i) => {
        const connection = `${room}-${String(i).padStart(6, '0')}=`;
        const user = i === 0 ? 'ann' : `user-${i}`;
        const common = { user, name: 'Somebody', expires: EXPIRES };
        return [
          [
            names.connections,
            { connection, ...common, lease: EXPIRES, ttl: EXPIRES / 1000, rooms: new Set([room]) },
          ],
          [names.members, { room, connection, ...common, ttl: EXPIRES / 1000 }],
          [flat.flat, { connectionId: connection, room, ...common }],
        ] as [string, object][];
      }).flat();
      const batches = Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, i) =>
        rows.slice(i * BATCH, (i + 1) * BATCH),
      );
      while (batches.length > 0) await Promise.all(batches.splice(0, AT_ONCE).map(write));
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
