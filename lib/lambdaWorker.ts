import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Unavailable, type Worker } from './ports';
import { timeLimits } from './timeLimits';

const CALL_TAKES_MS = 3_000;

/** Hands fan-outs to the asynchronous worker function. */
export function createLambdaWorker(functionName: string): Worker {
  const client = new LambdaClient({
    maxAttempts: 2,
    requestHandler: timeLimits(CALL_TAKES_MS),
  });
  return {
    async handOver(job) {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: JSON.stringify(job),
      });
      try {
        await client.send(command);
      } catch (cause) {
        throw new Unavailable('Handing a fan-out over did not finish.', { cause });
      }
    },
  };
}
