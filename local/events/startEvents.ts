import type { Invoke } from '../lambda/functions';
import type { ResourceNames } from '../template/intrinsics';
import type { Template } from '../template/template';
import { serveSinks } from './serveSinks';
import { createWakeSources } from './wakeSources';
import { watchPuts } from './watchPuts';

/** The local stack's stream of the log, its queues and its bus. */
export interface Events {
  databaseUrl: string;
  sinksUrl: string;
  stop(): Promise<void>;
}

/** A function that a stream and a queue wake: the logical ids of the stream's source, the function and the queue. */
const WOKEN = [
  { stream: 'RelayStream', readsStream: 'Relay', queue: 'RelayWakes', readsQueue: 'Relay' },
  { stream: 'PushStream', readsStream: 'NoticeMessages', queue: 'PushNotices', readsQueue: 'NotifyUsers' },
];

/** Starts what wakes functions, if the template has such, and takes events. Events of a sink are printed. */
export async function startEvents(
  template: Template,
  names: ResourceNames,
  databaseUrl: string,
  invoke: Invoke,
  print: (line: string) => void,
): Promise<Events | undefined> {
  const woken = WOKEN.filter(({ stream }) => template.Resources[stream]);
  if (woken.length === 0) return undefined;
  const sourcesOf = (name: string) => createWakeSources(invoke, names.ref(`${name}LambdaFunction`) ?? name);
  const streams = woken.map(({ readsStream }) => sourcesOf(readsStream));
  const queues = new Map(
    woken.map(({ queue, readsQueue }) => [names.ref(queue) ?? queue, sourcesOf(readsQueue)]),
  );
  const database = await watchPuts(databaseUrl, names.ref('Messages') ?? '', (key) => {
    for (const { put } of streams) put(key);
  });
  const sinks = await serveSinks({
    onMessage(queue, body, delayMs) {
      const consumer = queues.get(queue);
      if (consumer) consumer.enqueue(body, delayMs);
      else print(`event ${body}`);
    },
    onEvent: (detail) => print(`event ${detail}`),
  });
  return {
    databaseUrl: `http://127.0.0.1:${database.port}`,
    sinksUrl: `http://127.0.0.1:${sinks.port}`,
    async stop() {
      for (const { stop } of [...streams, ...queues.values()]) stop();
      await Promise.all([database.stop(), sinks.stop()]);
    },
  };
}
