import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { bodyOf } from '../lib/aws/apiGateway/events';
import { createGuestTokenContext, issueGuestToken } from '../lib/http/guestTokenRoute';
import { withTelemetry } from '../lib/telemetry/withTelemetry';

const desk = createGuestTokenContext();

/** Serves `/api/*`. */
export const handler = withTelemetry('issueGuestToken', async (event: APIGatewayProxyEventV2, metrics) => {
  return issueGuestToken({ ...desk, metrics }, event.headers, bodyOf(event));
});
