import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createTokenDesk, issueToken } from '../lib/tokenRoute';
import { watched } from '../lib/watched';

const desk = createTokenDesk();

/** Serves `/api/*`. */
export const handler = watched('api', async (event: APIGatewayProxyEventV2, tally) => {
  const body = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString()
    : (event.body ?? '');
  return issueToken({ ...desk, tally }, event.headers, body);
});
