import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { bodyOf } from '../lib/events';
import { createTokenDesk, issueToken } from '../lib/tokenRoute';
import { watched } from '../lib/watched';

const desk = createTokenDesk();

/** Serves `/api/*`. */
export const handler = watched('api', async (event: APIGatewayProxyEventV2, tally) => {
  return issueToken({ ...desk, tally }, event.headers, bodyOf(event));
});
