import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { REVIEW_TIMEOUT_MS, type Reviewer } from '../../ports/reviewer';
import { Unavailable } from '../../ports/unavailable';
import { parseJson } from '../../util/json';
import { reasonOf } from '../callFailure';
import { clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

const LIMITS = { tryTimeoutMs: REVIEW_TIMEOUT_MS, maxAttempts: 1, maxSockets: 64 };

/** Asks the operator's review function with the AWS SDK, once a send: its client repeats it. */
export function createSdkReviewInvoker(
  functionArn: string,
  env: Record<string, string | undefined>,
): Reviewer {
  const client = new LambdaClient(clientConfig(env, 'AWS_ENDPOINT_URL_LAMBDA', LIMITS));
  return {
    async ask(request) {
      const command = new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(request),
      });
      const abortSignal = AbortSignal.timeout(REVIEW_TIMEOUT_MS);
      try {
        const { Payload } = await client.send(command, { abortSignal });
        return parseJson(Payload?.transformToString() ?? '');
      } catch (error) {
        const reason = abortSignal.aborted ? 'late' : reasonOf(sdkFailure(error));
        throw new Unavailable(`The review did not finish: ${reason}.`);
      }
    },
  };
}
