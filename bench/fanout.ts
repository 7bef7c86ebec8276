import { judge, printHeader, printTable, show } from './lib/report';
import { figure, interleave, ratio } from './lib/rounds';
import { bundle, keep, run, startStub } from './lib/scripts';
import type { Sample, Task } from './posts/worker';

const isFull = process.argv.includes('--full');
const DELAYS_MS = [0, 15];
/** Rounds with immediate answers, which are checked, and rounds with slow answers. */
const ROUNDS = { judged: isFull ? 11 : 7, shown: isFull ? 9 : 3 };
const POSTS = isFull ? 10_000 : 3_000;
const LANES = isFull ? [1, 10, 50, 200] : [50];
const CLIENTS: Task['client'][] = ['own', 'sdk', 'floor'];

/** Measures a post: our poster, the AWS SDK's client, and unsigned bytes. */
async function main(): Promise<void> {
  printHeader('bench:fanout: one post');
  const worker = await bundle('bench/posts/worker.ts');

  for (const delayMs of DELAYS_MS) {
    const rounds = delayMs === 0 ? ROUNDS.judged : ROUNDS.shown;
    const stub = await startStub({ delayMs, jitterMs: delayMs / 3 });
    const env = { NODE_EXTRA_CA_CERTS: keep('stub.pem', stub.cert) };
    for (const lanes of LANES) {
      const task = { endpoint: stub.https, lanes, warmUp: Math.min(3_000, POSTS), posts: POSTS };
      const samples = await interleave<Task['client'], Sample>(rounds, {
        own: () => run(worker, { ...task, client: 'own' }, env),
        sdk: () => run(worker, { ...task, client: 'sdk' }, env),
        floor: () => run(worker, { ...task, client: 'floor' }, env),
      });
      const cpu = (client: Task['client']) => samples[client].map(({ cpuUs }) => cpuUs);

      console.log(`${lanes} at a time, answered after ${delayMs} ms; ${rounds} rounds of ${POSTS} posts`);
      printTable(
        ['client', 'CPU µs/post', 'posts/s', 'p50 ms', 'p99 ms', 'RSS MB', 'CPU × own'],
        CLIENTS.map((client) => [
          client,
          ...(['cpuUs', 'perSecond', 'p50Ms', 'p99Ms', 'rssMb'] as const).map((key) =>
            show(figure(samples[client].map((sample) => sample[key]))),
          ),
          show(ratio(cpu(client), cpu('own'))),
        ]),
      );
      if (delayMs === 0 && lanes === 50)
        judge([
          { what: 'CPU per post, SDK over ours', value: ratio(cpu('sdk'), cpu('own')).median, atLeast: 8 },
          {
            what: 'CPU per post, ours over the floor',
            value: ratio(cpu('own'), cpu('floor')).median,
            atMost: 2.5,
          },
        ]);
    }
    stub.stop();
  }
}

void main();
