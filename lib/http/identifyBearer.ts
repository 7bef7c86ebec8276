import { type IdentityPolicy, identify } from '../auth/identify';
import { isFromCloudFront, ORIGIN_HEADER } from '../auth/originSecret';
import type { Secret } from '../auth/secretCache';
import { Unavailable } from '../ports/unavailable';
import { type ErrorDetails, UNAVAILABLE } from '../protocol/errorReplies';
import type { InvocationMetrics } from '../telemetry/invocationMetrics';
import { viewerOf } from '../telemetry/viewer';
import { bearerToken } from './bearerToken';
import { NOT_FROM_CLOUDFRONT } from './refuse';

/** What a route needs to identify its users. */
export interface BearerContext {
  originSecret: Secret;
  identity: IdentityPolicy;
}

type Identified = NonNullable<Awaited<ReturnType<typeof identify>>>;

/** Identifies the user of a request by its bearer token, past CloudFront only, or gives the refusal. */
export async function identifyBearer(
  { originSecret, identity }: BearerContext,
  metrics: InvocationMetrics,
  headers: Record<string, string | undefined>,
): Promise<Identified | ErrorDetails> {
  if (!(await isFromCloudFront(headers[ORIGIN_HEADER], originSecret))) return NOT_FROM_CLOUDFRONT;
  metrics.annotate({ client: viewerOf(headers) });
  try {
    const user = await identify(identity, bearerToken(headers.authorization));
    return (
      user ?? {
        code: 'expired',
        message: 'Send "Authorization: Bearer" and a token that is valid now.',
      }
    );
  } catch (error) {
    if (error instanceof Unavailable) return UNAVAILABLE;
    throw error;
  }
}
