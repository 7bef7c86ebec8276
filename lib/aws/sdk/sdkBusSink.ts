import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventSink } from '../../ports/eventSink';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { toBusEntry } from '../eventBridge/busEntry';
import { callDeadline, clientConfig } from './clientConfig';
import { sdkFailure } from './sdkFailure';

/** Two tries, each with its connection, end within the time of a sink. */
const LIMITS = { tryTimeoutMs: 1_500, maxAttempts: 2, maxSockets: 64 };

/** Sends events to an EventBridge bus with the AWS SDK. */
export function createSdkBusSink(bus: string, env: Record<string, string | undefined>): EventSink {
  const client = new EventBridgeClient(clientConfig(env, 'AWS_ENDPOINT_URL_EVENTBRIDGE', LIMITS));
  return {
    async send(event) {
      const command = new PutEventsCommand({ Entries: [toBusEntry(bus, event)] });
      const { FailedEntryCount } = await client.send(command, callDeadline(LIMITS)).catch((error) => {
        throw new Unavailable(`The bus did not take an event: ${reasonOf(sdkFailure(error))}.`);
      });
      if (FailedEntryCount !== 0) throw new Unavailable('The bus refused an event.');
    },
  };
}
