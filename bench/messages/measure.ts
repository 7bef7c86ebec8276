import { type Meter, startMeter, type Units } from '../harness/capacityMeter';
import { bundle, keep, message, type Stub, start, WATCHING } from '../harness/childScripts';
import type { Populated } from './database';
import type { Message, Task } from './worker';

/** The figures of one message: times, posts and billed units. */
export interface Sample extends Message {
  firstMs: number;
  lastMs: number;
  posts: number;
  /** Posts to connections that are not in the room. */
  strayPosts: number;
  /** Members without a post. */
  missed: number;
  /** Connections that got the frame more than once. */
  doubled: number;
  /** Posts that were answered 429, and posts whose connection was cut before the answer. */
  refused: number;
  cut: number;
}

/** A token bucket keeps posts below the account's quota; it is full again after this time, in milliseconds. */
const FILLS_MS = 600;

export type Asked = Pick<Task, 'way' | 'room' | 'warmUp' | 'messages'> & { members: number };

/** Publishes messages from fresh processes. */
export interface Scale {
  /** Returns the figures of each message of one process. */
  run(asked: Asked): Promise<Sample[]>;
  /** Returns the database units of one message. */
  units(asked: Asked): Promise<Units>;
  stop(): void;
}

export async function createScale({ engine, names, flat }: Populated, stub: Stub): Promise<Scale> {
  const meter: Meter = await startMeter(engine.url);
  const worker = await bundle('bench/messages/worker.ts');
  const files = {
    sendMessage: await bundle('handlers/sendMessage.ts'),
    fanOut: await bundle('handlers/fanOut.ts'),
  };
  const env = {
    NODE_EXTRA_CA_CERTS: keep('stub.pem', stub.cert),
    MANAGEMENT_ENDPOINT: stub.https,
    CONNECTIONS_TABLE: names.connections,
    MEMBERS_TABLE: names.members,
    MESSAGES_TABLE: names.messages,
    HISTORY_HOURS: '0',
    FAN_OUT_FUNCTION: 'fanOut',
    ...WATCHING,
  };

  const run = async ({ members, ...asked }: Asked, url: string): Promise<Sample[]> => {
    const task: Task = { ...asked, files, tables: flat };
    const child = start(worker, [JSON.stringify(task)], { ...env, AWS_ENDPOINT_URL_DYNAMODB: url }, []);
    const samples: Sample[] = [];
    for (let i = 0; i < asked.messages; i++) {
      await message(child, worker);
      await stub.seen();
      await new Promise((resolve) => setTimeout(resolve, FILLS_MS));
      meter.take();
      child.send('go');
      const sent = await message<Message>(child, worker);
      const { first, last, posts, delivered, refused, cut } = await stub.seen();
      const inRoom = Object.keys(delivered).filter((id) => id.startsWith(`${asked.room}-`)).length;
      samples.push({
        ...sent,
        firstMs: first - sent.began,
        lastMs: last - sent.began,
        posts,
        strayPosts: posts - inRoom,
        missed: members - inRoom,
        doubled: Object.values(delivered).filter((count) => count > 1).length,
        refused,
        cut,
      });
    }
    child.kill('SIGKILL');
    return samples;
  };

  return {
    run: (asked) => run(asked, engine.url),
    async units(asked) {
      await run({ ...asked, messages: 1 }, meter.url);
      return meter.take();
    },
    stop: () => meter.stop(),
  };
}
