import type { Poster } from '../../ports/poster';
import { required } from '../../util/environment';
import { createConnectionPoster as createPoster } from '../apiGateway/connectionPoster';
import { readCredentials } from '../credentials';
import { createDatabase as createDynamoDb } from '../dynamodb/client';
import type { Database } from '../dynamodb/database';

type Environment = Record<string, string | undefined>;

/** The AWS clients of a bundle with `awsClients=own`: those over our own HTTP client. */
export { createBusSink } from '../eventBridge/busSink';
export { createFanOutInvoker } from '../lambda/fanOutInvoker';
export { createReviewInvoker } from '../lambda/reviewInvoker';
export { createSecretReader } from '../secretsManager/secretReader';
export { createSendQueueMessage } from '../sqs/sendQueueMessage';

export function createDatabase(env: Environment): Database {
  return createDynamoDb(env, { warmUp: true });
}

export function createConnectionPoster(endpoint: string, env: Environment): Poster {
  return createPoster({
    endpoint,
    region: required(env, 'AWS_REGION'),
    credentials: () => readCredentials(env),
    warmUp: true,
  });
}
