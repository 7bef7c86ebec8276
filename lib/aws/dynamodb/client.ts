import { Unavailable } from '../../ports/ports';
import { reasonOf } from '../callFailure';
import { createService, jsonOf } from '../http/serviceClient';
import { type TypedRow, typed, untyped } from './attributeValues';
import { ConditionFailed, type Database, type Input, type Output } from './database';

/** A call takes at most this long, in milliseconds, each of its two tries. */
const CALL_TAKES_MS = 3_000;

/** Speaks DynamoDB's API (JSON 1.0) with little more than what the stores need of it. */
export function createDatabase(
  env: Record<string, string | undefined>,
  { opensAhead = false } = {},
): Database {
  const service = createService({
    name: 'dynamodb',
    variable: 'AWS_ENDPOINT_URL_DYNAMODB',
    env,
    opensAhead,
    takesMs: CALL_TAKES_MS,
  });
  return {
    async call(operation, input) {
      const answered = await service({
        contentType: 'application/x-amz-json-1.0',
        headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
        body: JSON.stringify(write(input)),
      });
      switch (answered.outcome) {
        case 'done': {
          const output = jsonOf(answered.body);
          if (!output) throw new Unavailable(`${operation} was answered with something else than JSON.`);
          return read(output);
        }
        case 'unknown':
          throw new Unavailable(`${operation} did not finish: ${answered.why}.`);
        case 'refused': {
          if (answered.type === 'ConditionalCheckFailedException') {
            const row = answered.body.Item as TypedRow | undefined;
            throw new ConditionFailed(row && untyped(row));
          }
          throw new Error(`DynamoDB refused ${operation}: ${reasonOf(answered)}`);
        }
        default:
          return answered satisfies never;
      }
    },
  };
}

function write(input: Input): object {
  const { Item, Key, ExclusiveStartKey, ExpressionAttributeValues, RequestItems, ...rest } = input;
  return {
    ...rest,
    ...(Item && { Item: typed(Item) }),
    ...(Key && { Key: typed(Key) }),
    ...(ExclusiveStartKey && { ExclusiveStartKey: typed(ExclusiveStartKey) }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: typed(ExpressionAttributeValues) }),
    ...(RequestItems && {
      RequestItems: mapValues(RequestItems, (asked) => ({
        ...asked,
        Keys: asked.Keys.map(typed),
      })),
    }),
  };
}

/** The same as {@link Output}, as it comes over the wire. */
interface TypedOutput {
  Item?: TypedRow;
  Items?: TypedRow[];
  Attributes?: TypedRow;
  LastEvaluatedKey?: TypedRow;
  Responses?: Record<string, TypedRow[]>;
  UnprocessedKeys?: Record<string, { Keys: TypedRow[] }>;
}

function read(output: TypedOutput): Output {
  const { Item, Items, Attributes, LastEvaluatedKey, Responses, UnprocessedKeys } = output;
  return {
    ...(Item && { Item: untyped(Item) }),
    ...(Items && { Items: Items.map(untyped) }),
    ...(Attributes && { Attributes: untyped(Attributes) }),
    ...(LastEvaluatedKey && { LastEvaluatedKey: untyped(LastEvaluatedKey) }),
    ...(Responses && { Responses: mapValues(Responses, (rows) => rows.map(untyped)) }),
    ...(UnprocessedKeys && {
      UnprocessedKeys: mapValues(UnprocessedKeys, ({ Keys }) => ({ Keys: Keys.map(untyped) })),
    }),
  };
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
