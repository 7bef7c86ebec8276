import { runProgram } from '../cli/commandLine/command';
import { createBench } from './harness/benchCommand';
import { bundle, keep, run, startStub } from './harness/childScripts';
import { judge, printHeader, printTable, show } from './harness/report';
import { figure, interleave, ratio } from './harness/samples';
import type { Sample, Task } from './posts/worker';

const DELAYS_MS = [0, 15];
const CLIENTS: Task['client'][] = ['own', 'sdk', 'floor'];

/** Measures a post: our poster, the AWS SDK's client, and unsigned bytes. */
async function main({ full, check }: { full?: true | undefined; check?: true | undefined }): Promise<void> {
  // Rounds where answers come at once, which are judged, and where they are waited for.
  const roundsOf = { judged: full ? 11 : 7, shown: full ? 9 : 3 };
  const posts = full ? 10_000 : 3_000;
  const lanesToTry = full ? [1, 10, 50, 200] : [50];
  printHeader('bench:fanout: one post');
  const worker = await bundle('bench/posts/worker.ts');

  for (const delayMs of DELAYS_MS) {
    const rounds = delayMs === 0 ? roundsOf.judged : roundsOf.shown;
    const stub = await startStub({ delayMs, jitterMs: delayMs / 3 });
    const env = { NODE_EXTRA_CA_CERTS: keep('stub.pem', stub.cert) };
    for (const lanes of lanesToTry) {
      const task = { endpoint: stub.https, lanes, warmUp: Math.min(3_000, posts), posts };
      const samples = await interleave<Task['client'], Sample>(rounds, {
        own: () => run(worker, { ...task, client: 'own' }, env),
        sdk: () => run(worker, { ...task, client: 'sdk' }, env),
        floor: () => run(worker, { ...task, client: 'floor' }, env),
      });
      const cpu = (client: Task['client']) => samples[client].map(({ cpuUs }) => cpuUs);

      console.log(`${lanes} at a time, answered after ${delayMs} ms; ${rounds} rounds of ${posts} posts`);
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
        judge(
          [
            { what: 'CPU per post, SDK over ours', value: ratio(cpu('sdk'), cpu('own')).median, atLeast: 8 },
            {
              what: 'CPU per post, ours over the floor',
              value: ratio(cpu('own'), cpu('floor')).median,
              atMost: 2.5,
            },
          ],
          { check },
        );
    }
    stub.stop();
  }
}

void runProgram(
  createBench('bench:fanout', 'Measure one post: our poster, the AWS SDK, and the unsigned floor.').action(
    main,
  ),
);
