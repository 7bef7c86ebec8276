import type { Invoke } from '../lambda/functions';
import type { ResourceNames } from '../template/intrinsics';
import type { Template } from '../template/template';
import { serveSinks } from './serveSinks';
import { createWakeSources } from './wakeSources';
import { watchPuts } from './watchPuts';

/** The local stack's part of events: where functions find the database, the queues and the bus. */
export interface Events {
  databaseUrl: string;
  sinksUrl: string;
  stop(): Promise<void>;
}

/** Starts what wakes the relay and takes its events, if the template has a relay. Events of a queue are printed. */
export async function startEvents(
  template: Template,
  names: ResourceNames,
  databaseUrl: string,
  invoke: Invoke,
  print: (line: string) => void,
): Promise<Events | undefined> {
  const relay = template.Resources.RelayStream && names.ref('RelayLambdaFunction');
  if (relay === undefined) return undefined;
  const sources = createWakeSources(invoke, relay);
  const wakes = names.ref('RelayWakes');
  const database = await watchPuts(databaseUrl, names.ref('Messages') ?? '', sources.put);
  const sinks = await serveSinks({
    onMessage: (queue, body, delayMs) =>
      queue === wakes ? sources.enqueue(body, delayMs) : print(`event ${body}`),
    onEvent: (detail) => print(`event ${detail}`),
  });
  return {
    databaseUrl: `http://127.0.0.1:${database.port}`,
    sinksUrl: `http://127.0.0.1:${sinks.port}`,
    async stop() {
      sources.stop();
      await Promise.all([database.stop(), sinks.stop()]);
    },
  };
}
