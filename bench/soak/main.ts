import { runProgram } from '../../cli/commandLine/command';
import { createLoadCommand, type LoadDefaults } from '../load/options';
import { printOutcome, runLoad } from '../load/run';
import { startApart } from '../load/stackApart';
import { childrenOf } from './children';
import { isGrowing, type Sample, trendOf } from './trend';

/** Two cores carry this with ease: a soak is about time, not about load. */
const DEFAULTS: LoadDefaults = { clients: 100, rooms: 10, rate: 20, minutes: 30 };

const SAMPLES = 120;
const MIN_INTERVAL_MS = 2_000;
/** A shorter run is all warm-up: pools still open connections. */
const MIN_MINUTES = 10;
const MEGABYTE = 1024 * 1024;

/** The sampled values, with unit and tolerated growth an hour. */
const SERIES = {
  heap: { what: 'heap after collection', unit: MEGABYTE, tolerated: 5 * MEGABYTE },
  rss: { what: 'resident memory', unit: MEGABYTE, tolerated: 30 * MEGABYTE },
  handles: { what: 'open handles', unit: 1, tolerated: 10 },
  sockets: { what: 'sockets', unit: 1, tolerated: 10 },
  timers: { what: 'timers', unit: 1, tolerated: 10 },
  functions: { what: 'resident memory of the functions', unit: MEGABYTE, tolerated: 60 * MEGABYTE },
  // It holds every message of the run, so it grows by what is written.
  database: { what: 'resident memory of the database', unit: MEGABYTE, tolerated: Number.POSITIVE_INFINITY },
} as const;

type Name = keyof typeof SERIES;

async function main(options: LoadDefaults & { connectRate: number }): Promise<void> {
  const stack = await startApart();
  const samples = Object.fromEntries(Object.keys(SERIES).map((name) => [name, []])) as unknown as Record<
    Name,
    Sample[]
  >;
  const began = performance.now();
  const sample = async (): Promise<void> => {
    const at = (performance.now() - began) / 60_000;
    const { pid, rss, heap, handles } = await stack.sample();
    const children = childrenOf(pid);
    const values: Record<Name, number> = {
      heap,
      rss,
      handles: Object.values(handles).reduce((sum, count) => sum + count, 0),
      sockets: (handles.TCPSocketWrap ?? 0) + (handles.PipeWrap ?? 0),
      timers: handles.Timeout ?? 0,
      functions: children.get('functions-process') ?? 0,
      database: children.get('database-process') ?? 0,
    };
    for (const name of Object.keys(SERIES) as Name[]) samples[name].push({ at, value: values[name] });
  };

  try {
    const everyMs = Math.max(MIN_INTERVAL_MS, (options.minutes * 60_000) / SAMPLES);
    let sampling: Promise<void> | undefined;
    let timer: NodeJS.Timeout | undefined;
    const outcome = await runLoad(
      { ...options, token: undefined, url: new URL(stack.url) },
      {
        tell: (line) => console.log(line),
        began() {
          timer = setInterval(() => {
            sampling = sample();
          }, everyMs);
        },
        ended: () => clearInterval(timer),
      },
    );
    await sampling;
    printOutcome(outcome);
    const isFlat = printTrends(samples, options.minutes >= MIN_MINUTES);
    process.exitCode = isFlat && outcome.isClean ? 0 : 1;
  } finally {
    await stack.stop();
  }
}

/** Prints each series and its verdict if the run was long enough. Returns whether no series grew. */
function printTrends(samples: Record<Name, Sample[]>, isLongEnough: boolean): boolean {
  console.log(`\n${samples.heap.length} samples, the first quarter left out as warm-up:`);
  let isFlat = true;
  for (const name of Object.keys(SERIES) as Name[]) {
    const { what, unit, tolerated } = SERIES[name];
    const trend = trendOf(samples[name]);
    const grows = isLongEnough && isGrowing(trend, tolerated);
    if (grows) isFlat = false;
    const isJudged = isLongEnough && tolerated !== Number.POSITIVE_INFINITY;
    const verdict = !isJudged ? 'not judged' : grows ? 'GROWS' : 'flat';
    const [first, last, perHour] = [trend.first, trend.last, trend.perHour].map((value) => value / unit);
    console.log(
      `${what}: ${first?.toFixed(1)} to ${last?.toFixed(1)}${unit === MEGABYTE ? ' MB' : ''}, ` +
        `${perHour?.toFixed(1)} an hour (${trend.certainty.toFixed(1)} σ): ${verdict}`,
    );
  }
  if (!isLongEnough) console.log(`Too short to judge what grows: give it ${MIN_MINUTES} minutes or more.`);
  else console.log(isFlat ? 'Nothing grows.' : 'Something grows.');
  return isFlat;
}

const program = createLoadCommand('soak', DEFAULTS)
  .description(
    'Put a stack of its own under load for long, and tell whether its memory, handles, sockets or timers grow.',
  )
  .action((given) => main({ ...DEFAULTS, ...given }));
// A socket that is still closing must not keep the program running.
void runProgram(program).finally(() => process.exit());
