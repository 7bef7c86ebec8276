import { mkdirSync, writeFileSync } from 'node:fs';
import { runProgram } from '../cli/commandLine/command';
import { createBench } from './harness/benchCommand';
import { startStub } from './harness/childScripts';
import { plot } from './harness/plot';
import { judge, printHeader, printTable, short, show } from './harness/report';
import { figure, interleave, ratio } from './harness/samples';
import { populate } from './messages/database';
import { type Asked, createScale, type Sample, type Scale } from './messages/measure';

/** A room that warms every process up. */
const WARM_UP = { small: 100 };
interface Options {
  full?: true | undefined;
  check?: true | undefined;
  plot?: true | undefined;
}

type Way = 'ours' | 'index';
type Measured = Record<Way, Sample[]>;

/** Measures a message in rooms of several sizes: ours, and the two usual patterns on the AWS SDK. */
async function main({ full, check, plot: isPlotted }: Options): Promise<void> {
  const sizes = full ? [2, 10, 100, 1_000, 10_000] : [10, 100, 1_000, 10_000];
  printHeader('bench:cost: one message to a room, all rooms in one table');
  const stub = await startStub({ delayMs: 10, jitterMs: 3 });
  const database = await populate();
  for (const [room, size] of Object.entries(WARM_UP)) await database.fill(room, size);
  for (const size of sizes) await database.fill(`r${size}`, size);
  const scale = await createScale(database, stub);

  const measured = new Map<number, Measured>();
  for (const size of sizes) measured.set(size, await compare(scale, size, full === true));
  // The scan posts to the whole table whatever the room: 10 of them are in it, the others are not.
  const scanned = await scale.run({ ...asked('ours', 10), way: 'scan', warmUp: [], messages: 1 });
  printTable(
    ['members', 'way', 'wall ms', 'first ms', 'last ms', 'CPU ms', 'RSS MB', 'posts', 'stray'],
    [
      ...[...measured].flatMap(([size, { ours, index }]) => [
        row(size, 'ours', ours),
        row(size, '(b) index + SDK', index),
      ]),
      row(10, '(a) scan + SDK', scanned),
    ],
  );

  if (isPlotted) draw(measured);

  const units = {
    ours: await scale.units(asked('ours', 1_000)),
    index: await scale.units(asked('index', 1_000)),
  };
  printTable(
    ['1,000 members', 'calls', 'read units', 'write units'],
    [
      ['ours', short(units.ours.calls), short(units.ours.readUnits), short(units.ours.writeUnits)],
      [
        '(b) index + SDK',
        short(units.index.calls),
        short(units.index.readUnits),
        short(units.index.writeUnits),
      ],
    ],
  );

  const at = (size: number): Measured => measured.get(size) ?? { ours: [], index: [] };
  const times = (size: number, key: keyof Sample) =>
    ratio(pick(at(size).index, key), pick(at(size).ours, key)).median;
  const missed = [...measured.values()].flatMap(({ ours }) => pick(ours, 'missed')).filter((n) => n !== 1);
  judge(
    [
      { what: 'wall at 1,000 members, (b) over ours', value: times(1_000, 'wallMs'), atLeast: 5 },
      { what: 'wall at 10,000 members, (b) over ours', value: times(10_000, 'wallMs'), atLeast: 6 },
      {
        what: 'wall of 10 members among 10,000, (a) over ours',
        value: ratio(pick(scanned, 'wallMs'), pick(at(10).ours, 'wallMs')).median,
        atLeast: 150,
      },
      { what: 'first receiver at 1,000 members, (b) over ours', value: times(1_000, 'firstMs'), atLeast: 25 },
      { what: 'last receiver at 1,000 members, (b) over ours', value: times(1_000, 'lastMs'), atLeast: 5 },
      { what: 'memory at 10,000 members, (b) over ours', value: times(10_000, 'rssMb'), atLeast: 3 },
      {
        what: 'memory at 10,000 members, MB',
        value: Math.max(...pick(at(10_000).ours, 'rssMb')),
        atMost: 256,
      },
      {
        what: 'read units at 1,000 members, (b) less ours',
        value: units.index.readUnits - units.ours.readUnits,
        atLeast: 0.5,
      },
      { what: 'write units of ours, both limiters included', value: units.ours.writeUnits, atMost: 3 },
      { what: 'members without a post, the sender aside', value: missed.length, atMost: 0 },
    ],
    { check },
  );
  scale.stop();
  stub.stop();
  await database.engine.stop();
}

/** Plots the time until the last receiver has the message. */
function draw(measured: ReadonlyMap<number, Measured>): void {
  const pointsOf = (way: Way) =>
    [...measured].map(([x, samples]) => ({ x, y: figure(pick(samples[way], 'lastMs')) }));
  const drawing = plot(
    'From sending a message until the last receiver has it',
    { x: 'members of the room', y: 'milliseconds' },
    [
      { name: 'room index + AWS SDK', colour: '#c2410c', points: pointsOf('index') },
      { name: 'edge-chat', colour: '#1d4ed8', points: pointsOf('ours') },
    ],
  );
  mkdirSync('docs', { recursive: true });
  writeFileSync('docs/latency.svg', drawing);
}

async function compare(scale: Scale, size: number, isFull: boolean): Promise<Measured> {
  const rounds = size < 10_000 ? (isFull ? 5 : 3) : isFull ? 3 : 1;
  const samples = await interleave<Way, Sample[]>(rounds, {
    ours: () => scale.run(asked('ours', size)),
    index: () => scale.run(asked('index', size)),
  });
  return { ours: samples.ours.flat(), index: samples.index.flat() };
}

function asked(way: Way, members: number): Asked {
  return {
    way,
    room: `r${members}`,
    members,
    // Also warm up the room itself: most messages find open connections and compiled code.
    warmUp: ['small', ...Array(members < 10_000 ? 3 : 1).fill(`r${members}`)],
    messages: members < 10_000 ? 5 : 3,
  };
}

function row(size: number, way: string, samples: readonly Sample[]): string[] {
  const keys = ['wallMs', 'firstMs', 'lastMs', 'cpuMs', 'rssMb'] as const;
  const [sample] = samples;
  return [
    size.toLocaleString('en-US'),
    way,
    ...keys.map((key) => show(figure(pick(samples, key)))),
    String(sample?.posts),
    String(sample?.strayPosts),
  ];
}

function pick(samples: readonly Sample[], key: keyof Sample): number[] {
  return samples.map((sample) => sample[key]);
}

void runProgram(
  createBench(
    'bench:cost',
    'Measure one message in rooms of several sizes: ours, and the two usual patterns on the AWS SDK.',
  )
    .option('--plot', 'draw docs/latency.svg')
    .action(main),
);
