import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { handleSendMessage } from '../../lib/actions/routes';
import { connectionOf, type SocketEvent } from '../../lib/aws/apiGateway/events';
import { createSdkPoster } from '../../lib/aws/apiGateway/sdkPoster';
import { createConnectionStore } from '../../lib/aws/dynamodb/connectionStore';
import { createLogStore } from '../../lib/aws/dynamodb/logStore';
import { createMemberStore } from '../../lib/aws/dynamodb/memberStore';
import { createSendQuotaStore } from '../../lib/aws/dynamodb/sendQuotaStore';
import { createUserStore } from '../../lib/aws/dynamodb/userStore';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import type { PublishContext, SendQuotaContext, SharedContext, UserContext } from '../../lib/ports/ports';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { createRetryAfterCache } from '../../lib/rateLimiting/retryAfterCache';
import { withTelemetry } from '../../lib/telemetry/withTelemetry';
import { createSdkDatabase } from '../../tests/stores/sdkDatabase';

const env = (name: string): string => process.env[name] ?? '';
const database = createSdkDatabase(DynamoDBDocumentClient.from(new DynamoDBClient({})));
const lambda = new LambdaClient({});

const context: SharedContext<PublishContext & SendQuotaContext & UserContext> = {
  users: createUserStore(database, env('CONNECTIONS_TABLE')),
  sendQuotas: createSendQuotaStore(database, env('CONNECTIONS_TABLE')),
  connections: createConnectionStore(database, env('CONNECTIONS_TABLE')),
  members: createMemberStore(database, env('MEMBERS_TABLE')),
  log: createLogStore(database, env('MESSAGES_TABLE')),
  recentLogs: createRecentLogCache(),
  retryAfterCache: createRetryAfterCache(),
  floodDetector: createFloodDetector(5),
  poster: createSdkPoster(env('MANAGEMENT_ENDPOINT')),
  settings: { logId: 'bench', sendsPerSecond: 5, userSendsPerSecond: 10, leaseMs: 90_000 },
  clock: { now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  random: Math.random,
  fanOutQueue: {
    async enqueue(job) {
      const FunctionName = env('FAN_OUT_FUNCTION');
      await lambda.send(
        new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(job) }),
      );
    },
  },
};

/** The function that publishes, as it would be on the AWS SDK: the same core, the usual clients. */
export const handler = withTelemetry('sendMessage', async (event: SocketEvent, metrics) => {
  const reply = await handleSendMessage({ ...context, metrics }, connectionOf(event), event.body ?? '');
  return { statusCode: 200, body: JSON.stringify(reply) };
});
