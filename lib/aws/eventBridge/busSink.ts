import type { EventSink } from '../../ports/eventSink';
import { Unavailable } from '../../ports/unavailable';
import { reasonOf } from '../callFailure';
import { createServiceClient, parseJsonBody } from '../http/serviceClient';

/** Two tries, each with its connection, end within the time of a sink. */
const CALL_TIMEOUT_MS = 1_500;
/** The source of the events, for the rules of a bus. */
const SOURCE = 'edge-chat';

/** Sends events to an EventBridge bus. The detail type is the type of the entry. */
export function createBusSink(EventBusName: string, env: Record<string, string | undefined>): EventSink {
  const bus = createServiceClient({
    name: 'events',
    variable: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
    env,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  return {
    async send(event) {
      const entry = {
        EventBusName,
        Source: SOURCE,
        DetailType: event.entry.type,
        Detail: JSON.stringify(event),
      };
      const result = await bus({
        contentType: 'application/x-amz-json-1.1',
        headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
        body: JSON.stringify({ Entries: [entry] }),
      });
      if (result.outcome !== 'done')
        throw new Unavailable(`The bus did not take an event: ${reasonOf(result)}.`);
      if (parseJsonBody(result.body)?.FailedEntryCount !== 0)
        throw new Unavailable('The bus refused an event.');
    },
  };
}
