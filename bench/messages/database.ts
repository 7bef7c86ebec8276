import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Connection } from '../../lib/ports/connectionStore';
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

/** A database with the template's tables and those of the two patterns, with members. */
export interface Populated {
  engine: Engine;
  names: { connections: string; members: string; messages: string };
  flat: { flat: string; flatMessages: string };
  /** Adds connections to a room, in our tables as our stores write them. */
  fill(room: string, size: number): Promise<void>;
  /** Counts a room's members. */
  count(room: string): Promise<number>;
}

export async function populate(): Promise<Populated> {
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

  const fillOurs = async (room: string, people: readonly Connection[]): Promise<void> => {
    await Promise.all(people.map((person) => connections.open(person, EXPIRES)));
    await Promise.all(people.map(({ id }) => connections.join(id, room, ENTERS, EXPIRES, 1)));
    await Promise.all(people.map(({ id }) => members.add({ room, id, expiresAt: EXPIRES })));
  };

  const fillFlat = async (room: string, people: readonly Connection[]): Promise<void> => {
    const requests = people.map(({ id: connectionId, user: { id: user, name }, expiresAt: expires }) => ({
      PutRequest: { Item: { connectionId, room, user, name, expires } },
    }));
    if (requests.length === 0) return;
    await database.send(new BatchWriteCommand({ RequestItems: { [flat.flat]: requests } }));
  };

  return {
    engine,
    names,
    flat,
    async fill(room, size) {
      const people = Array.from({ length: size }, (_, i) => ({
        id: `${room}-${String(i).padStart(6, '0')}=`,
        user: { id: i === 0 ? 'ann' : `user-${i}`, name: 'Somebody' },
        expiresAt: EXPIRES,
      }));
      const fillBatch = async (batch: readonly Connection[]) => {
        await Promise.all([fillOurs(room, batch), fillFlat(room, batch)]);
      };
      while (people.length > 0)
        await Promise.all(Array.from({ length: AT_ONCE }, () => fillBatch(people.splice(0, BATCH))));
    },
    async count(room) {
      let count = 0;
      for await (const page of members.list(room, 1_000)) count += page.length;
      return count;
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
