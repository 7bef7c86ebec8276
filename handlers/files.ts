import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createFilesContext } from '../lib/app/contexts';
import { createBearerContext } from '../lib/app/httpContexts';
import { allowedOrigins } from '../lib/app/settings';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf, corsRequestOf, peerOf } from '../lib/aws/apiGateway/events';
import { withCors } from '../lib/http/cors';
import { fileRoute, uploadRoute } from '../lib/http/fileRoutes';
import { withRequestText } from '../lib/http/requestText';

const origins = allowedOrigins();
const bearer = createBearerContext();
const shared = createFilesContext();

/** Serves `/api/rooms/{room}/uploads` and `/api/rooms/{room}/files/{seq}/{id}`. */
export const handler = withTelemetry('files', (event: APIGatewayProxyEventV2, metrics) => {
  metrics.annotate({ client: peerOf(event) });
  const { pathParameters, headers, requestContext } = event;
  const { room, seq, id } = pathParameters ?? {};
  const context = { ...shared, metrics };
  return withCors(origins, corsRequestOf(event), () =>
    requestContext.http.method === 'GET'
      ? fileRoute(bearer, context, { room, seq, id, headers })
      : withRequestText(bodyOf(event), (body) => uploadRoute(bearer, context, { room, headers, body })),
  );
});
