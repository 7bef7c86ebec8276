import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createGuestTokenContext } from '../lib/app/httpContexts';
import { allowedOrigins } from '../lib/app/settings';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf, corsRequestOf, peerOf } from '../lib/aws/apiGateway/events';
import { withCors } from '../lib/http/cors';
import { issueGuestToken } from '../lib/http/guestTokenRoute';
import { withRequestText } from '../lib/http/requestText';

const origins = allowedOrigins();
const context = createGuestTokenContext();

/** Serves `/api/token`. */
export const handler = withTelemetry('issueGuestToken', (event: APIGatewayProxyEventV2, metrics) => {
  metrics.annotate({ client: peerOf(event) });
  return withCors(origins, corsRequestOf(event), () =>
    withRequestText(bodyOf(event), (body) => issueGuestToken({ ...context, metrics }, event.headers, body)),
  );
});
