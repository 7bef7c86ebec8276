import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answerSend } from '../../lib/actions/routes';
import { connectionOf, type SocketEvent } from '../../lib/aws/apiGateway/events';
import { createSdkPoster } from '../../lib/aws/apiGateway/sdkPoster';
import { createConnectionStore } from '../../lib/aws/dynamodb/connectionStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createAuthorStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { createMemory } from '../../lib/log/recentLogCache';
import type { Guarded, Metered, Publisher, Shared } from '../../lib/ports/ports';
import { createFloodWatch } from '../../lib/rateLimiting/floodDetector';
import { createBrake } from '../../lib/rateLimiting/retryAfterCache';
import { watched } from '../../lib/telemetry/withTelemetry';
import { createSdkDatabase } from '../../tests/stores/sdkDatabase';

const env = (name: string): string => process.env[name] ?? '';
const database = createSdkDatabase(DynamoDBDocumentClient.from(new DynamoDBClient({})));
const lambda = new LambdaClient({});

const world: Shared<Publisher & Metered & Guarded> = {
  users: createUserStore(database, env('CONNECTIONS_TABLE')),
  authors: createAuthorStore(database, env('CONNECTIONS_TABLE')),
  connections: createConnectionStore(database, env('CONNECTIONS_TABLE')),
  members: createMemberStore(database, env('MEMBERS_TABLE')),
  log: createLogStore(database, env('MESSAGES_TABLE')),
  memory: createMemory(),
  brake: createBrake(),
  floods: createFloodWatch(5),
  poster: createSdkPoster(env('MANAGEMENT_ENDPOINT')),
  settings: { logId: 'bench', sendsPerSecond: 5, userSendsPerSecond: 10, leaseMs: 90_000 },
  clock: { now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  random: Math.random,
  worker: {
    async handOver(job) {
      const FunctionName = env('FAN_OUT_FUNCTION');
      await lambda.send(
        new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(job) }),
      );
    },
  },
};

/** The function that publishes, as it would be on the AWS SDK: the same core, the usual clients. */
export const handler = watched('sendMessage', async (event: SocketEvent, tally) => {
  const reply = await answerSend({ ...world, tally }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
