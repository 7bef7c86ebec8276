import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createGuestTokenContext } from '../lib/app/httpContexts';
import { withTelemetry } from '../lib/app/withTelemetry';
import { bodyOf } from '../lib/aws/apiGateway/events';
import { issueGuestToken } from '../lib/http/guestTokenRoute';

const desk = createGuestTokenContext();

/** Serves `/api/*`. */
export const handler = withTelemetry('issueGuestToken', async (event: APIGatewayProxyEventV2, metrics) => {
  return issueGuestToken({ ...desk, metrics }, event.headers, bodyOf(event));
});
