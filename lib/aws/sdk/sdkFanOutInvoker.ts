import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { FanOutQueue } from '../../ports/fanOutQueue';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { callDeadline, clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

const LIMITS = { tryTimeoutMs: 3_000, maxAttempts: 2, maxSockets: 64 };

/** Hands fan-outs to the asynchronous worker function with the AWS SDK. */
export function createSdkFanOutInvoker(
  functionName: string,
  env: Record<string, string | undefined>,
): FanOutQueue {
  const client = new LambdaClient(clientConfig(env, 'AWS_ENDPOINT_URL_LAMBDA', LIMITS));
  return {
    async enqueue(job) {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify(job),
      });
      try {
        await client.send(command, callDeadline(LIMITS));
      } catch (error) {
        throw new Unavailable(`Handing a fan-out over did not finish: ${reasonOf(sdkFailure(error))}.`);
      }
    },
  };
}
