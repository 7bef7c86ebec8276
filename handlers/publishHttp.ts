import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createBackEnd, createGuard } from '../lib/app/contexts';
import { bodyOf } from '../lib/aws/apiGateway/events';
import { createMessageDesk, publishPosted } from '../lib/http/publishRoute';
import { watched } from '../lib/telemetry/withTelemetry';

const desk = createMessageDesk();
const world = { ...createBackEnd(), ...createGuard() };

/** Serves `POST /api/rooms/{room}/messages`. */
export const handler = watched('publishHttp', async (event: APIGatewayProxyEventV2, tally) => {
  const { pathParameters, headers } = event;
  return publishPosted(
    desk,
    { ...world, tally },
    { room: pathParameters?.room, headers, body: bodyOf(event) },
  );
});
