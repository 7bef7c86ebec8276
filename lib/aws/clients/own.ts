import { required } from '../../app/settings';
import type { Poster } from '../../ports/ports';
import { createConnectionPoster as createPoster } from '../apiGateway/connectionPoster';
import { readCredentials } from '../credentials';
import { createDatabase as createDynamoDb } from '../dynamodb/client';
import type { Database } from '../dynamodb/database';

type Environment = Record<string, string | undefined>;

/** The AWS clients of a bundle with `awsClients=own`: those over our own HTTP client. */
export { createFanOutInvoker } from '../fanOutInvoker';
export { createSecretReader } from '../secretsManager';

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
