import type { FanOutQueue } from '../../ports/fanOutQueue';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { createServiceClient } from '../http/serviceClient';

const CALL_TIMEOUT_MS = 3_000;

/** Hands fan-outs to the asynchronous worker function (Lambda's Invoke, of type Event). */
export function createFanOutInvoker(
  functionName: string,
  env: Record<string, string | undefined>,
): FanOutQueue {
  const lambda = createServiceClient({
    name: 'lambda',
    variable: 'AWS_ENDPOINT_URL_LAMBDA',
    env,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return {
    async enqueue(job) {
      const result = await lambda({
        path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
        contentType: 'application/json',
        headers: { 'x-amz-invocation-type': 'Event' },
        body: JSON.stringify(job),
      });
      if (result.outcome === 'done') return;
      throw new Unavailable(`Handing a fan-out over did not finish: ${reasonOf(result)}.`);
    },
  };
}
