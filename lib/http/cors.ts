import { errorResponse, type HttpResponse } from './response';

/** A request as far as CORS reads it. */
export interface CorsRequest {
  method: string;
  /** The page's origin. Clients that are no browser send none. */
  origin: string | undefined;
}

/** Browsers ask again after this time; Chromium's maximum. */
const PREFLIGHT_SECONDS = 7_200;

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST, DELETE',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-max-age': String(PREFLIGHT_SECONDS),
};

/**
 * Answers a request so that pages of the allowed origins can read the answer, and refuses pages of other origins.
 * Answers a preflight (OPTIONS) itself. API Gateway's own CORS is not used: it takes no `capacitor://localhost`.
 */
export async function withCors(
  allowedOrigins: ReadonlySet<string>,
  { method, origin }: CorsRequest,
  respond: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  if (origin !== undefined && !allowedOrigins.has(origin))
    return errorResponse(
      403,
      { code: 'forbidden', message: 'This page may not use the chat: add its origin to allowedOrigins.' },
      { vary: 'origin' },
    );
  const cors = {
    vary: 'origin',
    ...(origin !== undefined && {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'retry-after',
    }),
  };
  if (method === 'OPTIONS') return { statusCode: 204, headers: { ...cors, ...PREFLIGHT_HEADERS }, body: '' };
  const response = await respond();
  return { ...response, headers: { ...response.headers, ...cors } };
}
