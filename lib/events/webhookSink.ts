import type { Clock } from '../ports/clock';
import { type EventSink, SINK_TIMEOUT_MS } from '../ports/eventSink';
import { eventId } from './eventId';
import { signWebhook } from './signWebhook';

/** The parts of a signed text have a dot between them, and rooms' names have dots: an id has this in their place. */
const DOT = '~';

/** Posts events to the operator's URL, signed. A status from 200 to 299 confirms an event. */
export function createWebhookSink({
  url,
  secrets,
  clock,
}: {
  url: string;
  /** Reads the current secret, and the one before it. */
  secrets: () => Promise<readonly string[]>;
  clock: Clock;
}): EventSink {
  return {
    async send(event) {
      const body = JSON.stringify(event);
      const id = eventId(event).replaceAll('.', DOT);
      const headers = signWebhook(await secrets(), id, Math.floor(clock.now() / 1000), body);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        // A redirection would take words to another host.
        redirect: 'manual',
        signal: AbortSignal.timeout(SINK_TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`The webhook answered ${response.status}.`);
    },
  };
}
