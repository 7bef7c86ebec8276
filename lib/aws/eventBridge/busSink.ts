import type { EventSink } from '../../ports/eventSink';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { createServiceClient, parseJsonBody } from '../http/serviceClient';
import { toBusEntry } from './busEntry';

/** Two tries, each with its connection, end within the time of a sink. */
const CALL_TIMEOUT_MS = 1_500;

/** Sends events to an EventBridge bus. */
export function createBusSink(name: string, env: Record<string, string | undefined>): EventSink {
  const bus = createServiceClient({
    name: 'events',
    variable: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
    env,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return {
    async send(event) {
      const result = await bus({
        contentType: 'application/x-amz-json-1.1',
        headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
        body: JSON.stringify({ Entries: [toBusEntry(name, event)] }),
      });
      if (result.outcome !== 'done')
        throw new Unavailable(`The bus did not take an event: ${reasonOf(result)}.`);
      if (parseJsonBody(result.body)?.FailedEntryCount !== 0)
        throw new Unavailable('The bus refused an event.');
    },
  };
}
