import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createConnectionContext } from '../lib/app/contexts';
import { createUserContext } from '../lib/app/featureContexts';
import { createSignOutContext } from '../lib/app/httpContexts';
import { allowedOrigins } from '../lib/app/settings';
import { withTelemetry } from '../lib/app/withTelemetry';
import { corsRequestOf, peerOf } from '../lib/aws/apiGateway/events';
import { withCors } from '../lib/http/cors';
import { signOutGuest } from '../lib/http/signOutRoute';

const origins = allowedOrigins();
const route = createSignOutContext();
const context = { ...createConnectionContext(), ...createUserContext() };

/** Serves `DELETE /api/token`. */
export const handler = withTelemetry('signOutGuest', (event: APIGatewayProxyEventV2, metrics) => {
  metrics.annotate({ client: peerOf(event) });
  return withCors(origins, corsRequestOf(event), () =>
    signOutGuest(route, { ...context, metrics }, event.headers),
  );
});
