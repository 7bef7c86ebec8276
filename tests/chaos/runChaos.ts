import { within } from '../local/support';
import type { Checker, Violation } from '../simulation/checker';
import { seeded } from '../simulation/random';
import { type Crowd, createCrowd } from './crowd';
import { createDice, type Rates } from './faults';
import { type Rig, startRig } from './rig';
import { createTimers } from './timers';
import { createWitness } from './witness';

/** What a run is made of. Times are in milliseconds. */
export interface ChaosOptions {
  seed: number;
  clients: number;
  rooms: number;
  sends: number;
  rates: Rates;
  /** Of all clients together; what the machine cannot do comes later. */
  sendsPerSecond: number;
  pingEveryMs: number;
  /** All sends have an answer within this. */
  lastsMs: number;
  /** Every client is up to date within this time after the faults stop. */
  healsMs: number;
  /** How often all sockets are cut at once. */
  storms: number;
  /** The stack's parameter: `own` or `sdk`. */
  awsClients?: string;
  onProgress?(line: string): void;
}

/** The milliseconds until every client was back after all sockets were cut. */
export interface Storm {
  sockets: number;
  backMs: number;
}

/** What a run did, and what was wrong with it. */
export interface Report {
  options: ChaosOptions;
  violations: readonly Violation[];
  sends: number;
  acknowledgements: number;
  deliveries: number;
  rows: number;
  counts: ReadonlyMap<string, number>;
  failures: Rig['failures'];
  answerMs: Rig['answerMs'];
  ackMs: readonly number[];
  deliveryMs: readonly number[];
  storms: readonly Storm[];
  talkedMs: number;
  healedMs: number;
  tookMs: number;
}

const PROGRESS_MS = 5_000;
/** Every client joins its room within this time, and this much more for each client. */
const ENTERS_MS = 60_000;
const ENTERS_MS_EACH = 1_000;

/** Runs the real stack and the real client under fault, and holds what was promised against what was seen. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const watch = stopwatch();
  const random = seeded(options.seed);
  const dice = createDice(random, options.rates);
  const timers = createTimers();
  const witness = createWitness();
  const { checker } = witness;
  const storms: Storm[] = [];
  const stops: (() => Promise<void>)[] = [async () => timers.stop()];
  const say = (line: string): void => options.onProgress?.(`${secondsOf(watch())} s: ${line}`);

  try {
    const rig = await startRig({
      dice,
      random,
      timers,
      ...(options.awsClients && { awsClients: options.awsClients }),
      written: witness.written,
      forgotten: (id) => checker.report('forgotten', `${id} was forgotten although its socket was open`),
    });
    stops.unshift(rig.stop);
    const { stack } = rig;
    const crowd = createCrowd({ ...options, ...stack, witness, dice, timers });
    stops.unshift(crowd.close);
    const unlessEnded = endedBy(stack.failed);
    let told = 0;
    const stopTelling = every(PROGRESS_MS, () => {
      for (const { kind, what } of checker.violations.slice(told)) say(`${kind}: ${what}`);
      told = checker.violations.length;
      say(standing(crowd, options));
    });
    stops.unshift(async () => stopTelling());

    const entersMs = ENTERS_MS + ENTERS_MS_EACH * options.clients;
    await within('everybody to enter their room', unlessEnded(crowd.enter()), entersMs);
    say('everybody has entered their room');

    const talking = stopwatch();
    void raiseStorms(options, crowd, rig, checker, storms);
    await within('all to be sent and answered', unlessEnded(crowd.talk()), options.lastsMs).catch((error) => {
      checker.report('stuck', String(error));
    });
    crowd.hush();
    const talkedMs = talking();

    say('the faults stop');
    dice.stop();
    const healing = stopwatch();
    await within('everybody to be whole', unlessEnded(crowd.until(crowd.isWhole)), options.healsMs).catch(
      (error) => {
        for (const what of [String(error), ...crowd.behind()]) checker.report('stuck', what);
      },
    );
    const healedMs = healing();
    const rows = await witness.compare(stack.databaseUrl, stack.tables.Messages ?? '');
    await crowd.close();

    return {
      options,
      violations: checker.violations,
      sends: checker.sends,
      acknowledgements: witness.acknowledgements,
      deliveries: witness.deliveries,
      rows,
      counts: dice.counts,
      failures: rig.failures,
      answerMs: rig.answerMs,
      ackMs: witness.ackMs,
      deliveryMs: witness.deliveryMs,
      storms,
      talkedMs,
      healedMs,
      tookMs: watch(),
    };
  } finally {
    for (const stop of stops) await stop();
  }

  function standing(crowd: Crowd, { sends }: ChaosOptions): string {
    const { acknowledgements, deliveries } = witness;
    return `${checker.sends} of ${sends} sent, ${acknowledgements} acknowledged, ${deliveries} shown, ${crowd.away()} away, ${checker.violations.length} violations`;
  }
}

/** Cuts all sockets at once, at even distances in the course of the sends. */
async function raiseStorms(
  { sends, storms }: ChaosOptions,
  crowd: Crowd,
  rig: Rig,
  checker: Checker,
  told: Storm[],
): Promise<void> {
  for (let i = 1; i <= storms; i++) {
    const due = (sends * i) / (storms + 1);
    await crowd.until(() => checker.sends >= due);
    const back = stopwatch();
    const isBack = crowd.connectedSince(performance.now());
    const sockets = rig.cutAll();
    await crowd.until(isBack);
    told.push({ sockets, backMs: back() });
  }
}

/** Waits for something unless the stack ends before, which is told why. */
function endedBy(failed: Promise<string>): <T>(wanted: Promise<T>) => Promise<T> {
  const ended = failed.then((why): never => {
    throw new Error(why);
  });
  ended.catch(() => {});
  return (wanted) => Promise.race([wanted, ended]);
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

function stopwatch(): () => number {
  const began = performance.now();
  return () => performance.now() - began;
}

const secondsOf = (ms: number): string => (ms / 1000).toFixed(1);
