import type { ErrorFrame } from '../protocol';

/** What a function behind the HTTP API answers. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** A refusal in the body of an answer: the fields of an `error` frame, as far as they are known. */
export type HttpError = Pick<ErrorFrame, 'message' | 'room' | 'id' | 'retryAfterMs'> & { code: string };

/** Answers in JSON that no cache may store. */
export function jsonResponse(
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** Answers that it is done. */
export const NO_CONTENT: HttpResponse = {
  statusCode: 204,
  headers: { 'cache-control': 'no-store' },
  body: '',
};

/** Refuses: `{"error": {"code", "message", …}}`, and in the headers when to come again. */
export function errorResponse(
  statusCode: number,
  error: HttpError,
  headers: Record<string, string> = {},
): HttpResponse {
  const { retryAfterMs } = error;
  return jsonResponse(
    statusCode,
    { error },
    {
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...headers,
    },
  );
}
