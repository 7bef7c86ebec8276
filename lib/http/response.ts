import type { Failure } from '../protocol';

/** What a function behind the HTTP API answers. */
export interface HttpReply {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** A refusal in the body of an answer: the fields of an `error` frame, as far as they are known. */
export type HttpError = Pick<Failure, 'message' | 'room' | 'id' | 'retryAfterMs'> & { code: string };

/** Answers in JSON, which nobody on the way may keep. */
export function reply(statusCode: number, value: unknown, headers: Record<string, string> = {}): HttpReply {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** Refuses: `{"error": {"code", "message", …}}`, and in the headers when to come again. */
export function refusal(
  statusCode: number,
  error: HttpError,
  headers: Record<string, string> = {},
): HttpReply {
  const { retryAfterMs } = error;
  return reply(
    statusCode,
    { error },
    {
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...headers,
    },
  );
}
