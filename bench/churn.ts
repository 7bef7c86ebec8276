import { runProgram } from '../cli/commandLine/command';
import { createBench } from './harness/benchCommand';
import { startStub } from './harness/childScripts';
import { isGone } from './harness/goneConnections';
import { judge, printHeader, printTable, short } from './harness/report';
import { populate } from './messages/database';
import { createScale } from './messages/measure';

const MEMBERS = 1_000;
const MESSAGES = 3;
const FAULTS = { gone: 0.01, refused: 0.05, cut: 0.01 };

/** Measures a large room while connections vanish: deliveries, retries and removed connections. */
async function main(options: { check?: true | undefined }): Promise<void> {
  printHeader(
    `bench:churn: ${MEMBERS} members, ${percent(FAULTS.gone)} gone, ${percent(FAULTS.refused)} answered 429, ` +
      `${percent(FAULTS.cut)} of posts cut off`,
  );
  const stub = await startStub({ delayMs: 10, jitterMs: 3, ...FAULTS });
  const database = await populate();
  await database.fill('churn', MEMBERS);
  const scale = await createScale(database, stub);
  const before = await database.count('churn');

  const samples = await scale.run({
    way: 'ours',
    room: 'churn',
    members: MEMBERS,
    warmUp: [],
    messages: MESSAGES,
  });

  const after = await database.count('churn');
  const ids = Array.from({ length: MEMBERS }, (_, i) => `churn-${String(i).padStart(6, '0')}=`);
  const gone = ids.slice(1).filter((id) => isGone(id, FAULTS.gone)).length;
  printTable(
    ['message', 'posts', 'live members reached', 'missed', '429', 'cut', 'twice', 'wall ms'],
    samples.map((sample, i) => [
      String(i + 1),
      String(sample.posts),
      String(MEMBERS - sample.missed),
      String(sample.missed - gone - 1),
      String(sample.refused),
      String(sample.cut),
      String(sample.doubled),
      short(sample.wallMs),
    ]),
  );
  console.log(`${gone} of the members were gone; rows before ${before}, after ${after}\n`);
  judge(
    [
      {
        what: 'live members without the message (the sender has the reply)',
        value: Math.max(...samples.map(({ missed }) => missed - gone - 1)),
        atMost: 0,
      },
      { what: 'gone members that are still listed', value: after - (before - gone), atMost: 0 },
      { what: 'live members that are no longer listed', value: before - gone - after, atMost: 0 },
      {
        what: 'members who got a frame twice',
        value: Math.max(...samples.map(({ doubled }) => doubled)),
        atMost: 0,
      },
    ],
    options,
  );
  scale.stop();
  stub.stop();
  await database.engine.stop();
}

function percent(part: number): string {
  return `${part * 100} %`;
}

void runProgram(
  createBench(
    'bench:churn',
    'Measure a large room while connections vanish: what is tried again, and what is forgotten.',
  ).action(main),
);
