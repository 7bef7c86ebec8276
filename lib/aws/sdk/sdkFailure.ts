import { type CallFailure, isTransient } from '../callFailure';

interface SdkError {
  name: string;
  message: string;
  code?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
  $response?: { statusCode?: number };
}

/** Reads an error of the SDK. @throws the error itself when no request was sent: it came from our own code. */
export function sdkFailure(error: unknown): CallFailure {
  const { name, message, code, $metadata } = error as SdkError;
  const status = statusOf(error);
  if (status === undefined) {
    if (!$metadata?.attempts) throw error;
    return { outcome: 'unknown', reason: code ?? name };
  }
  // The message of a broken answer would quote it.
  if (status < 300) return { outcome: 'unknown', reason: name };
  const type = WITHOUT_TYPE.has(name) ? `Status${status}` : name;
  return isTransient(status, type)
    ? { outcome: 'unknown', reason: type }
    : { outcome: 'refused', type, message };
}

/** The HTTP status of the answer, if there was a whole one. */
export function statusOf(error: unknown): number | undefined {
  // Not the class: a 410 whose body is not JSON is a SyntaxError.
  const { $metadata, $response } = error as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** What the SDK calls an answer in which AWS named no error. */
const WITHOUT_TYPE = new Set(['Error', 'SyntaxError', 'Unknown', 'UnknownError']);
