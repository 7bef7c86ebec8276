import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createBackEndContext } from '../lib/app/contexts';
import { createListedMemberContext, createUserContext } from '../lib/app/featureContexts';
import { createBearerContext } from '../lib/app/httpContexts';
import { allowedOrigins } from '../lib/app/settings';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf, corsRequestOf, peerOf } from '../lib/aws/apiGateway/events';
import { withCors } from '../lib/http/cors';
import { publishRoute } from '../lib/http/publishRoute';
import { withRequestText } from '../lib/http/requestText';

const origins = allowedOrigins();
const bearer = createBearerContext();
const context = { ...createBackEndContext(), ...createUserContext(), ...createListedMemberContext() };

/** Serves `/api/rooms/{room}/messages`. */
export const handler = withTelemetry('publishHttp', (event: APIGatewayProxyEventV2, metrics) => {
  metrics.annotate({ client: peerOf(event) });
  const { pathParameters, headers } = event;
  return withCors(origins, corsRequestOf(event), () =>
    withRequestText(bodyOf(event), (body) =>
      publishRoute(bearer, { ...context, metrics }, { room: pathParameters?.room, headers, body }),
    ),
  );
});
