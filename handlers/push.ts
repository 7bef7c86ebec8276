import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createBearerContext } from '../lib/app/httpContexts';
import { createSubscriptionContext } from '../lib/app/pushContexts';
import { allowedOrigins } from '../lib/app/settings';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf, corsRequestOf, peerOf } from '../lib/aws/apiGateway/events';
import { withCors } from '../lib/http/cors';
import { servePush } from '../lib/http/pushRoutes';
import { withRequestText } from '../lib/http/requestText';

const origins = allowedOrigins();
const bearer = createBearerContext();
const shared = createSubscriptionContext();

/** Serves `/api/push`, `/api/push/{subscription}` and `/api/rooms/{room}/push`. */
export const handler = withTelemetry('push', (event: APIGatewayProxyEventV2, metrics) => {
  metrics.annotate({ client: peerOf(event) });
  const { pathParameters, headers, requestContext } = event;
  const { room, subscription } = pathParameters ?? {};
  const { method } = requestContext.http;
  return withCors(origins, corsRequestOf(event), () =>
    withRequestText(bodyOf(event), (body) =>
      servePush(bearer, { ...shared, metrics }, { method, headers, room, subscription, body }),
    ),
  );
});
