import { createServer } from 'node:http';
import { signWebhook } from '../../lib/events/signWebhook';
import type { LogEvent } from '../../lib/ports/eventSink';
import { readBody } from '../../local/util/http';
import { listen } from '../../local/util/listen';
import { within } from '../local/support';

/** The sink of a stack: what it got, in order. */
export interface EventLog {
  events: LogEvent[];
  /** Where it takes signed POSTs. */
  url: string;
  /** Takes a line that the local stack prints for an event of a queue or a bus. */
  print(line: string): void;
  /** Refuses requests that are not signed with this key. */
  expectKey(key: string): void;
  /** Waits until it got so many events of a room and seq. */
  got(room: string, seq: number, times?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Listens for events on this machine. */
export async function openEventLog(): Promise<EventLog> {
  const events: LogEvent[] = [];
  let key = '';
  let wake = (): void => {};
  const take = (text: string): void => {
    events.push(JSON.parse(text));
    wake();
  };
  const server = await listen(
    createServer(async (request, response) => {
      const body = String(await readBody(request, 1_000_000));
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const signed = signWebhook([key], String(id), Number(at), body);
      const isSigned = String(signature)
        .split(' ')
        .includes(signed['webhook-signature'] ?? '');
      if (isSigned) take(body);
      response.writeHead(isSigned ? 204 : 401).end();
    }),
  );
  return {
    events,
    url: `http://127.0.0.1:${server.port}/`,
    print: (line) => {
      if (line.startsWith('event ')) take(line.slice('event '.length));
    },
    expectKey: (given) => {
      key = given;
    },
    async got(room, seq, times = 1) {
      while (events.filter((event) => event.room === room && event.seq === seq).length < times)
        await within(
          `event ${seq} of ${room}`,
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          20_000,
        );
    },
    stop: server.stop,
  };
}
