import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createTokenDesk, type HttpReply, issueToken } from '../lib/tokenRoute';

const desk = createTokenDesk();

/** Serves `/api/*`. */
export async function handler(event: APIGatewayProxyEventV2): Promise<HttpReply> {
  const body = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString()
    : (event.body ?? '');
  return issueToken(desk, event.headers, body);
}
