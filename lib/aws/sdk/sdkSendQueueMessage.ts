import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import type { SendQueueMessage } from '../sqs/sendQueueMessage';
import { callDeadline, clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

/** Two tries, each with its connection, end within the time of a sink. */
const LIMITS = { tryTimeoutMs: 1_500, maxAttempts: 2, maxSockets: 64 };

/** Creates what sends messages to a queue with the AWS SDK. */
export function createSdkSendQueueMessage(
  QueueUrl: string,
  env: Record<string, string | undefined>,
): SendQueueMessage {
  const client = new SQSClient(clientConfig(env, 'AWS_ENDPOINT_URL_SQS', LIMITS));
  return async (body, options = {}) => {
    const command = new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body), ...options });
    try {
      await client.send(command, callDeadline(LIMITS));
    } catch (error) {
      throw new Unavailable(`The queue did not confirm a message: ${reasonOf(sdkFailure(error))}.`);
    }
  };
}
