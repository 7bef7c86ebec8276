import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Unavailable } from '../ports';
import { timeLimits } from '../timeLimits';

/** A call takes at most this long, in milliseconds, each of its two tries. */
const CALL_TAKES_MS = 3_000;

let shared: DynamoDBDocumentClient | undefined;

/** Gives the client all tables of this container share: short time-outs, because every caller retries. */
export function openDatabase(): DynamoDBDocumentClient {
  shared ??= connect();
  return shared;
}

function connect(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: timeLimits(CALL_TAKES_MS),
  });
  return DynamoDBDocumentClient.from(client);
}

const PASSING = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
]);

/** Runs a call; a failure that may pass, or whose outcome is unknown, becomes {@link Unavailable}. */
export async function call<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isPassing(error)) throw new Unavailable(`${what} did not finish.`, { cause: error });
    throw error;
  }
}

// A reply that never came has no status: the write may have been applied.
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if (!$metadata) return false;
  const status = $metadata.httpStatusCode;
  return status === undefined || status >= 500 || PASSING.has(error.name);
}

export function isConditionFailed(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
