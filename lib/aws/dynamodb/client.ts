import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { createServiceClient, parseJsonBody } from '../http/serviceClient';
import { type AttributeMap, marshall, unmarshall } from './attributeValues';
import { ConditionFailed, type Database, type Input, type Output } from './database';

/** A call takes at most this long, in milliseconds, each of its two tries. */
const CALL_TIMEOUT_MS = 3_000;

/** Calls DynamoDB's API (JSON 1.0) over the project's own HTTP client. */
export function createDatabase(env: Record<string, string | undefined>, { warmUp = false } = {}): Database {
  const service = createServiceClient({
    name: 'dynamodb',
    variable: 'AWS_ENDPOINT_URL_DYNAMODB',
    env,
    warmUp,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return {
    async call(operation, input) {
      const result = await service({
        contentType: 'application/x-amz-json-1.0',
        headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
        body: JSON.stringify(write(input)),
      });
      switch (result.outcome) {
        case 'done': {
          const output = parseJsonBody(result.body);
          if (!output) throw new Unavailable(`${operation} had a response that is not JSON.`);
          return read(output);
        }
        case 'unknown':
          throw new Unavailable(`${operation} did not finish: ${result.reason}.`);
        case 'refused': {
          if (result.type === 'ConditionalCheckFailedException') {
            const row = result.body.Item as AttributeMap | undefined;
            throw new ConditionFailed(row && unmarshall(row));
          }
          throw new Error(`DynamoDB refused ${operation}: ${reasonOf(result)}`);
        }
        default:
          return result satisfies never;
      }
    },
  };
}

function write(input: Input): object {
  const { Item, Key, ExclusiveStartKey, ExpressionAttributeValues, RequestItems, ...rest } = input;
  return {
    ...rest,
    ...(Item && { Item: marshall(Item) }),
    ...(Key && { Key: marshall(Key) }),
    ...(ExclusiveStartKey && { ExclusiveStartKey: marshall(ExclusiveStartKey) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: marshall(ExpressionAttributeValues) }),
    ...(RequestItems && {
      RequestItems: mapValues(RequestItems, (asked) => ({
        ...asked,
        Keys: asked.Keys.map(marshall),
      })),
    }),
  };
}

/** The same as {@link Output}, as it comes over the wire. */
interface WireOutput {
  Item?: AttributeMap;
  Items?: AttributeMap[];
  Attributes?: AttributeMap;
  LastEvaluatedKey?: AttributeMap;
  Responses?: Record<string, AttributeMap[]>;
  UnprocessedKeys?: Record<string, { Keys: AttributeMap[] }>;
  ConsumedCapacity?: Output['ConsumedCapacity'];
}

function read(output: WireOutput): Output {
  const { Item, Items, Attributes, LastEvaluatedKey, Responses, UnprocessedKeys, ConsumedCapacity } = output;
  return {
    ...(Item && { Item: unmarshall(Item) }),
    ...(Items && { Items: Items.map(unmarshall) }),
    ...(Attributes && { Attributes: unmarshall(Attributes) }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
    ...(LastEvaluatedKey && { LastEvaluatedKey: unmarshall(LastEvaluatedKey) }),
    ...(Responses && { Responses: mapValues(Responses, (rows) => rows.map(unmarshall)) }),
    ...(UnprocessedKeys && {
      UnprocessedKeys: mapValues(UnprocessedKeys, ({ Keys }) => ({ Keys: Keys.map(unmarshall) })),
    }),
  };
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
