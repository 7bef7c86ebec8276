import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import type { Row } from '../dynamodb/attributeValues';
import { ConditionFailed, type Database, type Output } from '../dynamodb/database';
import { callDeadline, clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

const LIMITS = { tryTimeoutMs: 3_000, maxAttempts: 2, maxSockets: 64 };

const COMMANDS = {
  BatchGetItem: BatchGetCommand,
  DeleteItem: DeleteCommand,
  GetItem: GetCommand,
  PutItem: PutCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  UpdateItem: UpdateCommand,
};

/** Calls DynamoDB with the AWS SDK. */
export function createSdkDatabase(env: Record<string, string | undefined>): Database {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient(clientConfig(env, 'AWS_ENDPOINT_URL_DYNAMODB', LIMITS)),
  );
  return {
    async call(operation, input) {
      // The commands' inputs differ; `Input` holds the fields of all of them.
      const Command = COMMANDS[operation] as unknown as typeof GetCommand;
      try {
        return (await client.send(new Command(input as never), callDeadline(LIMITS))) as Output;
      } catch (error) {
        throw translated(operation, error);
      }
    },
  };
}

function translated(operation: string, error: unknown): Error {
  const failure = sdkFailure(error);
  if (failure.outcome === 'unknown')
    return new Unavailable(`${operation} did not finish: ${failure.reason}.`);
  if (failure.type === 'ConditionalCheckFailedException') {
    const { Item } = error as { Item?: Parameters<typeof unmarshall>[0] };
    return new ConditionFailed(Item && (unmarshall(Item) as Row));
  }
  return new Error(`DynamoDB refused ${operation}: ${reasonOf(failure)}`);
}
