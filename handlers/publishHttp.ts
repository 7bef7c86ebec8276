import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createBackEndContext, createUserContext } from '../lib/app/contexts';
import { createPublishRouteContext } from '../lib/app/httpContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf } from '../lib/aws/apiGateway/events';
import { publishRoute } from '../lib/http/publishRoute';

const desk = createPublishRouteContext();
const context = { ...createBackEndContext(), ...createUserContext() };

/** Serves `POST /api/rooms/{room}/messages`. */
export const handler = withTelemetry('publishHttp', async (event: APIGatewayProxyEventV2, metrics) => {
  const { pathParameters, headers } = event;
  return publishRoute(
    desk,
    { ...context, metrics },
    { room: pathParameters?.room, headers, body: bodyOf(event) },
  );
});
