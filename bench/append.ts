import { createCommand, runProgram } from '../cli/commandLine/command';
import { wholeNumber } from '../cli/commandLine/values';
import type { LogStore } from '../lib/ports/logStore';
import { createVirtualClock } from '../tests/simulation/clock';
import { between, type Random, seeded } from '../tests/simulation/random';
import { createStores } from '../tests/simulation/stores';
import { type Arena, type Contention, contend, type Load } from '../tests/stores/contend';
import { createTables, startDynaliteApart } from '../tests/stores/engines';
import { printHeader, printTable } from './harness/report';

/** Loads for the modelled database: writers and their rates. */
const MODELLED: Load[] = [
  { writers: 20, sends: 100, pauseMs: 1_000 },
  { writers: 50, sends: 100, pauseMs: 1_000 },
  { writers: 50, sends: 40, pauseMs: 250 },
  { writers: 50, sends: 1, pauseMs: 0 },
];

/** Measures containers that write to one room at the same time, and checks that no message is lost. */
async function main(writers: number, sends: number): Promise<void> {
  printHeader('bench:append: writers of one room, each in a container of its own');

  const rows: string[][] = [];
  const load = { writers, sends, pauseMs: 0 };
  rows.push(row('dynalite, no pause', load, await onDynalite(load)));
  for (const each of MODELLED) rows.push(row('modelled DynamoDB', each, await modelled(each)));
  printTable(
    [
      'database',
      'writers × sends',
      'pause ms',
      'seqs without a gap',
      'doubles',
      'failed',
      'p50 ms',
      'p99 ms',
      'puts/msg',
      'reads/msg',
      'msgs/s',
    ],
    rows,
  );
}

function row(database: string, load: Load, result: Contention): string[] {
  const { ids, tookMs, puts, reads, failures, lastedMs } = result;
  const messages = load.writers * load.sends;
  const isContiguous = ids.length === messages && !Array.from(ids).includes(undefined);
  const doubles = ids.length - new Set(ids).size;
  if (!isContiguous || doubles > 0 || failures.length > 0) process.exitCode = 1;
  const at = (part: number) => tookMs[Math.min(tookMs.length - 1, Math.floor(part * tookMs.length))] ?? 0;
  return [
    database,
    `${load.writers} × ${load.sends}`,
    String(load.pauseMs),
    isContiguous ? 'yes' : 'NO',
    String(doubles),
    String(failures.length),
    at(0.5).toFixed(0),
    at(0.99).toFixed(0),
    (puts / messages).toFixed(2),
    (reads / messages).toFixed(2),
    ((messages / lastedMs) * 1000).toFixed(0),
  ];
}

async function onDynalite(load: Load): Promise<Contention> {
  const engine = await startDynaliteApart();
  const tables = await createTables(engine.url);
  const arena: Arena = {
    connect() {
      const { stores, disconnect } = tables.connect();
      return { log: stores.log, disconnect };
    },
    clock: { now: () => performance.now(), wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    random: Math.random,
  };
  const result = await contend(arena, load);
  await engine.stop();
  return result;
}

/** The store in memory with DynamoDB's published delays, in virtual time, so that the machine does not matter. */
async function modelled(load: Load): Promise<Contention> {
  const clock = createVirtualClock(0);
  const random = seeded(1);
  const stored = createStores().log;
  const delayed = async <T>(ms: number, run: () => Promise<T>): Promise<T> => {
    await clock.wait(ms / 2);
    const value = await run();
    await clock.wait(ms / 2);
    return value;
  };
  const log: LogStore = {
    ...stored,
    put: (...asked) => delayed(putTakes(random), () => stored.put(...asked)),
    readIdentities: (...asked) => delayed(readTakes(random), () => stored.readIdentities(...asked)),
  };

  const ending = contend({ connect: () => ({ log, disconnect: () => {} }), clock, random }, load);
  let hasEnded = false;
  void ending.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) await clock.runUntil(clock.now() + 100);
  return ending;
}

// Published for PutItem: 7.6 ms at the median, 16 ms at the 99th percentile.
function putTakes(random: Random): number {
  return random() < 0.97 ? between(random, 5, 10) : between(random, 10, 22);
}

function readTakes(random: Random): number {
  return 0.6 * putTakes(random);
}

void runProgram(
  createCommand('npm run bench:append --')
    .description(
      'Measure writers of one room, each in a container of its own: what contention costs, and that no message is lost.',
    )
    .argument('[writers]', 'writers on dynalite', wholeNumber(1), 50)
    .argument('[sends]', 'messages of each writer', wholeNumber(1), 200)
    .action(main),
);
