import { availableParallelism } from 'node:os';
import { Option } from '@commander-js/extra-typings';
import { createCommand, runProgram } from '../../cli/commandLine/command';
import { wholeNumber } from '../../cli/commandLine/values';
import { bundleWorker } from './bundle';
import { runWorkers } from './processes';
import { KINDS, scenarioOf } from './scenario';
import { addSaved, print, rateOf, save } from './summary';
import type { Totals } from './totals';

interface Options {
  seed: number;
  seeds?: number | undefined;
  sends?: number | undefined;
  operations?: number | undefined;
  kind?: (typeof KINDS)[number] | undefined;
  trace?: true | undefined;
  jobs: number;
  save?: string | undefined;
  add?: string[] | undefined;
}

/** `npm run sim`: many seeds, or one with `--seed N --seeds 1`, and what each fault did. */
async function main(options: Options): Promise<void> {
  if (options.add) return print(addSaved(options.add));
  const { seed, kind, seeds = Number.POSITIVE_INFINITY } = options;
  const sends =
    options.sends ??
    options.operations ??
    (options.seeds === undefined ? 3_000_000 : Number.POSITIVE_INFINITY);
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
      const rate = rateOf(sum.sends, (shownAt - began) / 1000);
      console.log(`${sum.seeds} seeds, ${sum.sends} sends, ${sum.brokenSeeds} broken, ${rate}`);
    },
  });
  const summary = { totals, runs: 1, seconds: (Date.now() - began) / 1000 };
  print(summary);
  if (options.save) save(options.save, summary);
  process.exitCode = totals.brokenSeeds === 0 ? 0 : 1;
}

function printBroken({ seed, violations }: Totals['broken'][number]): void {
  console.log(`\nseed ${seed} (replay: npm run sim -- --seed ${seed} --seeds 1)`);
  for (const { kind, what } of violations.slice(0, 5)) console.log(`  ${kind}: ${what}`);
}

void runProgram(
  createCommand('npm run sim --')
    .description(
      'Search for violations in virtual time, in many simulated runs, and print how often each fault struck.',
    )
    .option('--seed <number>', 'first seed', wholeNumber(0), 1)
    .option('--seeds <count>', 'number of seeds; 1 replays one (default: until --sends)', wholeNumber(1))
    .option('--sends <count>', 'end after this many sends (default: 3,000,000)', wholeNumber(1))
    .option('--operations <count>', 'the same: edits, deletions and reactions count too', wholeNumber(1))
    .addOption(new Option('--kind <kind>', 'kind of run').choices(KINDS))
    .option('--trace', 'print every frame')
    .option('--jobs <count>', 'processes', wholeNumber(1), Math.min(2, availableParallelism()))
    .option('--save <file>', 'write the summary to a file')
    .option('--add <files...>', 'run nothing, and print the sum of such files')
    .action(main),
);
