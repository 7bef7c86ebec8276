import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { errorResponse, type HttpError, type HttpResponse } from './response';

/** The refusal of a request without the secret that CloudFront adds. */
export const NOT_FROM_CLOUDFRONT = {
  code: 'forbidden',
  message: 'Requests must come through the CloudFront distribution.',
} as const;

/** Refuses a request for or with a guest's token, and logs the reason. */
export function refuse(
  metrics: InvocationMetrics,
  action: 'token' | 'signOut',
  statusCode: number,
  error: HttpError,
): HttpResponse {
  metrics.annotate({ action, outcome: 'refused', reason: error.code });
  return errorResponse(statusCode, error);
}
