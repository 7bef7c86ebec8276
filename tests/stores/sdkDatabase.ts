import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Row } from '../../lib/aws/dynamodb/attributeValues';
import { ConditionFailed, type Database, type Output } from '../../lib/aws/dynamodb/client';
import { Unavailable } from '../../lib/ports/ports';

const COMMANDS = {
  BatchGetItem: BatchGetCommand,
  DeleteItem: DeleteCommand,
  GetItem: GetCommand,
  PutItem: PutCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  UpdateItem: UpdateCommand,
};

/** The database as the AWS SDK speaks to it: what ours is compared with. */
export function createSdkDatabase(client: DynamoDBDocumentClient): Database {
  return {
    async call(operation, input) {
      const Command = COMMANDS[operation] as unknown as typeof GetCommand;
      try {
        return (await client.send(new Command(input as never))) as Output;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (error.name === 'ConditionalCheckFailedException') {
          const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
          throw new ConditionFailed(Item && (unmarshall(Item) as Row));
        }
        const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
        if ((error as { code?: string }).code === 'ECONNREFUSED' || ($metadata?.httpStatusCode ?? 0) >= 500)
          throw new Unavailable(`${operation} did not finish.`, { cause: error });
        throw error;
      }
    },
  };
}
