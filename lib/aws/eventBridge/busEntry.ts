import type { LogEvent } from '../../ports/eventSink';

/** The source of the events, for the rules of a bus. */
const SOURCE = 'edge-chat';

/** Makes an entry of PutEvents. The detail type is the type of the log's entry. */
export function toBusEntry(EventBusName: string, event: LogEvent) {
  return { EventBusName, Source: SOURCE, DetailType: event.entry.type, Detail: JSON.stringify(event) };
}
