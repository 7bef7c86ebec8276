import path from 'node:path';
import type { ResourceNames } from '../template/intrinsics';
import { type JsonRecord, resourcesOf, type Template } from '../template/template';
import { startProcess } from '../util/processes';

/** The embedded database, with the template's tables in it. */
export interface Database {
  url: string;
  /** Physical names of the tables, by logical id. */
  tables: Record<string, string>;
  /** Whether there is a table of this physical name. */
  has(table: string): Promise<boolean>;
  /** Resolves when its process has ended. */
  ended: Promise<void>;
  /** The last lines it printed, once it has ended. */
  lastWords(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the database, in memory unless it is given a directory, and creates the tables it lacks. */
export async function startDynamoDb(
  template: Template,
  names: ResourceNames,
  directory?: string,
): Promise<Database> {
  const child = startProcess(
    path.join(__dirname, 'dynamodb-process.cjs'),
    directory ? { path: directory } : {},
  );
  const port = await child.message;
  if (port === undefined) throw new Error(await child.lastWords());
  const url = `http://127.0.0.1:${port}`;
  const tables: Record<string, string> = {};
  try {
    for (const { id, properties } of resourcesOf(template, 'AWS::DynamoDB::Table')) {
      tables[id] = names.ref(id) ?? id;
      await createTable(url, tables[id], properties);
    }
  } catch (error) {
    await child.stop();
    throw new Error((await child.lastWords()) || (error as Error).message);
  }

  return {
    url,
    tables,
    has: async (table) => !(await call(url, 'DescribeTable', { TableName: table })).__type,
    ended: child.ended,
    lastWords: child.lastWords,
    stop: child.stop,
  };
}

async function createTable(url: string, TableName: string, properties: JsonRecord): Promise<void> {
  const {
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes,
    BillingMode = 'PAY_PER_REQUEST',
  } = properties;
  const made = await call(url, 'CreateTable', {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode,
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
  });
  if (made.__type && !String(made.__type).endsWith('#ResourceInUseException'))
    throw new Error(`The local database refuses the table ${TableName}: ${JSON.stringify(made)}`);

  const active = async () => {
    const { Table } = await call(url, 'DescribeTable', { TableName });
    return (Table as JsonRecord).TableStatus === 'ACTIVE';
  };
  while (!(await active())) await new Promise(setImmediate);
}

/** A call of the database's API. The embedded one wants a signature's form, and does not check it. */
async function call(url: string, operation: string, input: unknown): Promise<JsonRecord> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `DynamoDB_20120810.${operation}`,
      'X-Amz-Date': '20260101T000000Z',
      Authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  return response.json() as Promise<JsonRecord>;
}
