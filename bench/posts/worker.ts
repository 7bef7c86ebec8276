import { createConnectionPoster } from '../../lib/aws/apiGateway/connectionPoster';
import { readCredentials } from '../../lib/aws/credentials';
import { createSdkPoster } from '../../lib/aws/sdk/sdkPoster';
import { createFloor } from './floor';

/** What a process measures. */
export interface Task {
  client: keyof typeof clients;
  endpoint: string;
  lanes: number;
  warmUp: number;
  posts: number;
}

/** The process's result. */
export interface Sample {
  cpuUs: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  rssMb: number;
}

const FRAME = JSON.stringify({
  type: 'message',
  seq: 123_456,
  id: 'AbCdEfGhIjKlMnOp',
  text: 'x'.repeat(160),
  from: { id: '0123456789abcdef', name: 'Somebody' },
  at: 1_800_000_000_000,
  room: 'general',
});

const clients = {
  own: (endpoint: string) =>
    createConnectionPoster({
      endpoint,
      region: process.env.AWS_REGION ?? '',
      credentials: () => readCredentials(process.env),
    }).prepare(FRAME),
  sdk: (endpoint: string) => createSdkPoster(endpoint, process.env).prepare(FRAME),
  floor: (endpoint: string) => createFloor(endpoint, FRAME),
};

async function measure({ client, endpoint, lanes, warmUp, posts }: Task): Promise<Sample> {
  const post: (id: string) => Promise<unknown> = clients[client](endpoint);
  const times = new Float64Array(posts);

  const pump = async (count: number): Promise<void> => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        const mine = next++;
        const began = performance.now();
        await post(`${String(mine).padStart(11, 'L0SM9cOFvHc')}CIhw=`);
        times[mine] = performance.now() - began;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };

  await pump(warmUp);
  const cpu = process.cpuUsage();
  const began = performance.now();
  await pump(posts);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort();
  return {
    cpuUs: (user + system) / posts,
    perSecond: posts / seconds,
    p50Ms: times[Math.floor(posts * 0.5)] ?? 0,
    p99Ms: times[Math.floor(posts * 0.99)] ?? 0,
    rssMb: process.memoryUsage().rss / 2 ** 20,
  };
}

const [, , argument] = process.argv;
void measure(JSON.parse(argument ?? '')).then((sample) => process.send?.(sample));
