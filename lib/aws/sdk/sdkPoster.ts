import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { DeliveryResult, Poster } from '../../ports/poster';
import { toDeliveryResult } from '../apiGateway/deliveryResult';
import { callDeadline, clientConfig } from './clientConfig';
import { statusOf } from './sdkFailure';

/** It tries once: the fan-out spaces retries by its remaining time. */
const LIMITS = { tryTimeoutMs: 1_000, maxAttempts: 1, maxSockets: 256 };

/** Posts to connections with the AWS SDK. */
export function createSdkPoster(endpoint: string, env: Record<string, string | undefined>): Poster {
  const client = new ApiGatewayManagementApiClient({
    ...clientConfig(env, 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI', LIMITS),
    endpoint,
  });
  const outcomeOf = async (call: Promise<unknown>): Promise<DeliveryResult> => {
    try {
      await call;
      return 'delivered';
    } catch (error) {
      return toDeliveryResult(statusOf(error));
    }
  };
  return {
    close: (connection) =>
      outcomeOf(client.send(new DeleteConnectionCommand({ ConnectionId: connection }), callDeadline(LIMITS))),
    prepare: (frame) => (connection) =>
      outcomeOf(
        client.send(
          new PostToConnectionCommand({ ConnectionId: connection, Data: frame }),
          callDeadline(LIMITS),
        ),
      ),
  };
}
