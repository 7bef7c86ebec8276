import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Poster } from '../../ports/ports';
import { toDeliveryResult } from './deliveryResult';
import { postTimeouts } from './timeouts';

/** A post takes at most this long, in milliseconds; its fan-out retries it. */
const POST_TAKES_MS = 1_000;

/** Posts with the AWS SDK: one try a post, because the fan-out spaces retries by what it still has time for. */
export function createSdkPoster(endpoint: string): Poster {
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: 1,
    requestHandler: { ...postTimeouts(POST_TAKES_MS), httpsAgent: { maxSockets: 256 } },
  });
  return {
    async close(connection) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connection }));
        return 'delivered';
      } catch (error) {
        return toDeliveryResult(statusOf(error));
      }
    },
    prepare: (frame) => async (connection) => {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connection, Data: frame }));
        return 'delivered';
      } catch (error) {
        return toDeliveryResult(statusOf(error));
      }
    },
  };
}

// Ask for the status, not the class: a 410 whose body is not JSON reaches us as a SyntaxError.
function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}
