import { CALM, type Rates, WORST } from './faults';
import { pick, seeded, whole } from './random';

/** One run of the simulation, all times in milliseconds. */
export interface Scenario {
  kind: 'calm' | 'faulty' | 'long';
  clients: number;
  rooms: string[];
  /** How likely a client is to join a room it does not send to. */
  membership: number;
  sends: number;
  bursts: number[];
  burstMs: number;
  lastsMs: number;
  cuts: number;
  tokenLivesMs: number;
  /** Containers' clocks are up to this far off, either way: far for order, little where tokens are short. */
  skewMs: number;
  retentionMs?: number;
  rates: Rates;
  /** In a calm run every message reaches every joined client within this. */
  promptMs?: number;
}

const HOUR_MS = 3_600_000;
const FAR_OFF_MS = 600_000;

/** Draws the scenario of a seed: mostly short and faulty, some calm, some of several hours with retention. */
export function scenarioOf(seed: number): Scenario {
  const random = seeded(seed ^ 0x5eed);
  const drawn = random();
  const shared = {
    clients: whole(random, 2, 7),
    rooms: ['red', 'green', 'blue'].slice(0, whole(random, 1, 3)),
    membership: 0.6,
    sends: whole(random, 30, 120),
  };
  if (drawn < 0.1)
    return {
      ...shared,
      kind: 'calm',
      bursts: [0],
      burstMs: 60_000,
      lastsMs: 70_000,
      cuts: 0,
      tokenLivesMs: HOUR_MS,
      skewMs: FAR_OFF_MS,
      rates: CALM,
      promptMs: 2_000,
    };
  const tokenLivesMs = pick(random, [90_000, 300_000, HOUR_MS, HOUR_MS]);
  if (drawn < 0.97)
    return {
      ...shared,
      kind: 'faulty',
      bursts: [0],
      burstMs: whole(random, 20_000, 120_000),
      lastsMs: 150_000,
      cuts: pick(random, [0, 0, 1, 2]),
      tokenLivesMs,
      skewMs: tokenLivesMs === HOUR_MS ? FAR_OFF_MS : 5_000,
      rates: drawRates(random),
    };
  return {
    ...shared,
    kind: 'long',
    bursts: [0, 0.4 * HOUR_MS, 1.5 * HOUR_MS, 2.3 * HOUR_MS, 4 * HOUR_MS],
    burstMs: 300_000,
    lastsMs: 4.2 * HOUR_MS,
    cuts: whole(random, 0, 3),
    tokenLivesMs: pick(random, [HOUR_MS, 6 * HOUR_MS]),
    skewMs: FAR_OFF_MS,
    retentionMs: HOUR_MS,
    rates: drawRates(random),
  };
}

/** Each fault off in half of the runs, else anything up to its worst. */
function drawRates(random: () => number): Rates {
  const rates = { ...CALM };
  for (const fault of Object.keys(WORST) as (keyof Rates)[])
    rates[fault] = random() < 0.5 ? 0 : WORST[fault] * random();
  return rates;
}
