import { setTimeout } from 'node:timers/promises';
import { REVIEW_TIMEOUT_MS, type Reviewer } from '../../ports/reviewer';
import { Unavailable } from '../../ports/unavailable';
import { parseJson } from '../../util/json';
import { reasonOf } from '../callFailure';
import { createServiceClient, type ServiceResult } from '../http/serviceClient';

const LATE: ServiceResult = { outcome: 'unknown', reason: 'late' };

/** Asks the operator's review function (Lambda's Invoke, RequestResponse) once for each send: clients repeat sends. */
export function createReviewInvoker(functionArn: string, env: Record<string, string | undefined>): Reviewer {
  const lambda = createServiceClient({
    name: 'lambda',
    variable: 'AWS_ENDPOINT_URL_LAMBDA',
    env,
    timeoutMs: REVIEW_TIMEOUT_MS,
    maxAttempts: 1,
  });
  return {
    async ask(request) {
      const call = lambda({
        path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
        contentType: 'application/json',
        headers: { 'x-amz-invocation-type': 'RequestResponse' },
        body: JSON.stringify(request),
      });
      // The limit of a call does not count the time that its connection takes.
      const result = await Promise.race([call, setTimeout(REVIEW_TIMEOUT_MS, LATE, { ref: false })]);
      if (result.outcome === 'done') return parseJson(result.body.toString());
      throw new Unavailable(`The review did not finish: ${reasonOf(result)}.`);
    },
  };
}
