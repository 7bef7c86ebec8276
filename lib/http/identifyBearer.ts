import { type IdentityPolicy, identify } from '../auth/identify';
import { Unavailable } from '../ports/unavailable';
import { type ErrorDetails, UNAVAILABLE } from '../protocol/errorReplies';
import { bearerToken } from './bearerToken';

type Identified = NonNullable<Awaited<ReturnType<typeof identify>>>;

/** Identifies the user of an `Authorization` header, or tells why there is none. */
export async function identifyBearer(
  identity: IdentityPolicy,
  authorization: string | undefined,
): Promise<Identified | ErrorDetails> {
  try {
    const user = await identify(identity, bearerToken(authorization));
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
