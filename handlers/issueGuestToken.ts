import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { bodyOf } from '../lib/aws/apiGateway/events';
import { createTokenDesk, issueToken } from '../lib/http/guestTokenRoute';
import { watched } from '../lib/telemetry/withTelemetry';

const desk = createTokenDesk();

/** Serves `/api/*`. */
export const handler = watched('issueGuestToken', async (event: APIGatewayProxyEventV2, tally) => {
  return issueToken({ ...desk, tally }, event.headers, bodyOf(event));
});
