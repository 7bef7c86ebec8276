import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { createServiceClient } from '../http/serviceClient';

/** Two tries, each with its connection, end within the time of a sink. */
const CALL_TIMEOUT_MS = 1_500;

/** What SQS is given besides the body. */
export interface QueueMessageOptions {
  DelaySeconds?: number;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}

/** Sends a message to one queue. @throws Unavailable when the queue did not confirm it. */
export type SendQueueMessage = (body: unknown, options?: QueueMessageOptions) => Promise<void>;

/** Creates what sends messages to a queue (SQS SendMessage). */
export function createSendQueueMessage(
  QueueUrl: string,
  env: Record<string, string | undefined>,
): SendQueueMessage {
  const sqs = createServiceClient({
    name: 'sqs',
    variable: 'AWS_ENDPOINT_URL_SQS',
    env,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return async (body, options = {}) => {
    const result = await sqs({
      contentType: 'application/x-amz-json-1.0',
      headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
      body: JSON.stringify({ QueueUrl, MessageBody: JSON.stringify(body), ...options }),
    });
    if (result.outcome !== 'done')
      throw new Unavailable(`The queue did not confirm a message: ${reasonOf(result)}.`);
  };
}
