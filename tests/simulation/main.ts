import { availableParallelism } from 'node:os';
import { Option } from '@commander-js/extra-typings';
import { createCommand, runProgram } from '../../cli/commandLine/command';
import { wholeNumber } from '../../cli/commandLine/values';
import { bundleWorker } from './bundle';
import { runWorkers } from './processes';
import { KINDS, scenarioOf } from './scenario';
import type { Totals } from './totals';

interface Options {
  seed: number;
  seeds?: number | undefined;
  sends?: number | undefined;
  kind?: (typeof KINDS)[number] | undefined;
  trace?: true | undefined;
  jobs: number;
}

/** `npm run sim`: many seeds, or one with `--seed N --seeds 1`, and what each fault did. */
async function main(options: Options): Promise<void> {
  const { seed, kind, seeds = Number.POSITIVE_INFINITY } = options;
  const sends = options.sends ?? (options.seeds === undefined ? 3_000_000 : Number.POSITIVE_INFINITY);
  const began = Date.now();
  if (seeds === 1) console.log(`scenario of seed ${seed}: ${JSON.stringify(scenarioOf(seed, kind))}`);

  let shownAt = began;
  let printed = 0;
  const totals = await runWorkers(await bundleWorker(), {
    seed,
    seeds: Math.min(seeds, Number.MAX_SAFE_INTEGER),
    sends: Math.min(sends, Number.MAX_SAFE_INTEGER),
    jobs: seeds === 1 ? 1 : options.jobs,
    ...(kind && { kind }),
    traces: options.trace === true,
    onProgress(sum) {
      for (const broken of sum.broken.slice(printed)) printBroken(broken);
      printed = sum.broken.length;
      if (Date.now() - shownAt < 10_000) return;
      shownAt = Date.now();
      console.log(`${sum.seeds} seeds, ${sum.sends} sends, ${sum.brokenSeeds} broken`);
    },
  });
  print(totals, (Date.now() - began) / 1000);
  process.exitCode = totals.brokenSeeds === 0 ? 0 : 1;
}

function print(totals: Totals, seconds: number): void {
  console.log('\nHow often each fault struck:');
  for (const [what, count] of Object.entries(totals.counts).sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${String(count).padStart(9)}  ${what}`);
  console.log(
    `\n${totals.seeds} seeds, ${totals.sends} sends, ${totals.acknowledged} acknowledged, ${totals.shown} shown, ` +
      `${totals.brokenSeeds} seeds with violations, slowest delivery ${inSeconds(totals.slowestMs)}, everybody whole at most ${inSeconds(totals.wholeMs)} ` +
      `after the faults stopped (both virtual); ${seconds.toFixed(0)} s, ${(totals.sends / seconds).toFixed(0)} sends/s`,
  );
}

function printBroken({ seed, violations }: Totals['broken'][number]): void {
  console.log(`\nseed ${seed} (replay: npm run sim -- --seed ${seed} --seeds 1)`);
  for (const { kind, what } of violations.slice(0, 5)) console.log(`  ${kind}: ${what}`);
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

void runProgram(
  createCommand('npm run sim --')
    .description(
      'Search for violations in virtual time, in many simulated runs, and print how often each fault struck.',
    )
    .option('--seed <number>', 'first seed', wholeNumber(0), 1)
    .option('--seeds <count>', 'number of seeds; 1 replays one (default: until --sends)', wholeNumber(1))
    .option('--sends <count>', 'end after this many sends (default: 3,000,000)', wholeNumber(1))
    .addOption(new Option('--kind <kind>', 'kind of run').choices(KINDS))
    .option('--trace', 'print every frame')
    .option('--jobs <count>', 'processes', wholeNumber(1), Math.min(2, availableParallelism()))
    .action(main),
);
