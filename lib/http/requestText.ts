import { errorResponse, type HttpResponse } from './response';

/** A request's body, as API Gateway passes it. */
export interface RequestBody {
  body: string;
  isBase64Encoded: boolean;
  contentType: string | undefined;
}

/** What a decoder writes in place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]*)/i;

/**
 * Responds to a request's text. Refuses a body that is not UTF-8. API Gateway may have decoded the body already, so a
 * body with U+FFFD counts as broken: in JSON, that character has an escape.
 */
export function withRequestText(
  request: RequestBody,
  respond: (text: string) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const charset = CHARSET.exec(request.contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset !== 'utf-8') return refuse(415, 'Send the body in UTF-8: no other charset is read.');
  const text = request.isBase64Encoded ? Buffer.from(request.body, 'base64').toString() : request.body;
  if (text.includes(REPLACEMENT))
    return refuse(
      400,
      'Send the body in UTF-8: it has other bytes. Write the character U+FFFD as "\\ufffd".',
    );
  return respond(text);
}

function refuse(statusCode: number, message: string): Promise<HttpResponse> {
  return Promise.resolve(errorResponse(statusCode, { code: 'badFrame', message }));
}
