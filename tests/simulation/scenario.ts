import { type ChangesPlan, drawChanges } from './changes/plan';
import { CALM, type CrashPoint, type Rates, WORST } from './faults';
import { pick, seeded, whole } from './random';

/**
 * `changes`: faults, and edits, deletions and reactions by several tabs, with absences, crashes of pages, kicks, bans,
 * erasures and expired rows.
 * `calm`: no faults, so messages come promptly. `joins`: calm, and rooms are entered at the very moment others write.
 * `crash`: one invocation in a while dies, and nothing else happens. `orphan`: the sender of a killed send is gone for
 * good at the same moment, so that the send is not repeated. `faulty`: everything at once. `long`: the same over
 * hours, with retention. `kicks`: faults, and users that are removed while they write and join. `pages`: faults, and
 * pages that crash or are closed, with others opened on the same device. `tabs`: calm, and a user has as many
 * connections as may be, each renewed every minute. `rights`: faults, and tokens that allow less than the last ones.
 * `slow`: calm, and one client never reads what is posted to it. `listeners`: calm, and one user writes while the
 * others only listen. `doubled`: half of the frames are invoked twice, and
 * many invocations die, while clients leave rooms and return. `restored`: a backup takes the place of the messages'
 * table: under a name of its own and under faults, or calm under the same name. `signIns`: faults, and pages on which
 * another user signs in.
 */
export const KINDS = [
  'calm',
  'joins',
  'crash',
  'orphan',
  'faulty',
  'long',
  'kicks',
  'pages',
  'tabs',
  'rights',
  'slow',
  'listeners',
  'doubled',
  'large',
  'presence',
  'restored',
  'signIns',
  'changes',
] as const;
export type Kind = (typeof KINDS)[number];

/** A run of the simulation; all times are in milliseconds. */
export interface Scenario {
  kind: Kind;
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
  /** How long a silent connection counts as present; the default of a deployment where this is missing. */
  leaseMs?: number;
  retentionMs?: number;
  rates: Rates;
  /** Invocations die at this place only; else at any. */
  diesAt?: CrashPoint;
  /** At least this long between two crashes, so that each is healed by itself. */
  crashesApartMs?: number;
  /** A client whose send is killed with its invocation is gone, as long as two others are left. */
  sendersDie?: true;
  /** Times at which a user is removed from a room or from all rooms, and returns. */
  kicks: number[];
  /** Times at which one client writes to a room while the others enter it. */
  encounters: number[];
  /** How often a client leaves a room and returns. */
  leaves: number;
  /** How often a page ends and another is opened on its device. */
  pages: number;
  /** How often a message is erased, and a log exported. */
  erasures: number;
  /** How often a user's next tokens allow less. */
  rightsChanges: number;
  /** How often another user signs in on a page. */
  signIns: number;
  /** After the faults have healed, nothing happens for so long. */
  restsMs?: number;
  /** When a backup takes the place of the table, with a name of its own or with the same one. */
  restore?: { atMs: number; hasOwnName: boolean };
  /** Members of the first room that only listen. */
  crowd: number;
  /** Pages that the first user has open on one device. */
  tabs: number;
  /** The container that ended last is used next, as Lambda does; else any of them. */
  reusesNewest: boolean;
  /** A client that has joined a room is never without a connection in it. */
  staysJoined?: true;
  /** Where nothing but this is wrong, every message reaches every joined client within this. */
  promptMs?: number;
  /** Posts to this user are throttled for ever. */
  slowUser?: string;
  /** What users do to messages, besides sending them. */
  changes?: ChangesPlan;
  /** Messages that a client keeps in a room: its default where this is missing. */
  keepMessages?: number;
  /** Where nothing but this is wrong, a sender has the acknowledgement so long after the message was written. */
  acknowledgedMs?: number;
}

/** Connections that a user may have at a time. */
export const MAX_CONNECTIONS = 5;

const HOUR_MS = 3_600_000;
const FULL_HOUSE_RENEWAL_MS = 2_000;
/** Two posts to a slow reader, the wait between them, and the reply's way. */
const SLOW_READER_ACK_MS = 400;
const FAR_OFF_MS = 600_000;
/** A client's ping, and what it takes to have what it tells of. */
const HEARTBEAT_MS = 31_000;
/** Every client has asked for the members once, and has the reply. */
const ASKS_AT_LATEST_MS = 640_000;
/** Three leases. */
const LISTENS_MS = 900_000;
const ENCOUNTERS = 12;
const ENCOUNTER_MS = 6_000;

/** Draws the scenario of a seed: mostly short and faulty, some of the other kinds. */
export function scenarioOf(seed: number, wanted?: Kind): Scenario {
  const random = seeded(seed ^ 0x5eed);
  const drawn = random();
  const kind =
    wanted ??
    (drawn < 0.042
      ? 'calm'
      : drawn < 0.045
        ? 'listeners'
        : drawn < 0.06
          ? 'slow'
          : drawn < 0.12
            ? 'joins'
            : drawn < 0.15
              ? 'crash'
              : drawn < 0.18
                ? 'orphan'
                : drawn < 0.675
                  ? 'faulty'
                  : drawn < 0.69
                    ? 'changes'
                    : drawn < 0.72
                      ? 'presence'
                      : drawn < 0.735
                        ? 'large'
                        : drawn < 0.75
                          ? 'doubled'
                          : drawn < 0.78
                            ? 'rights'
                            : drawn < 0.89
                              ? 'kicks'
                              : drawn < 0.96
                                ? 'pages'
                                : drawn < 0.963
                                  ? 'signIns'
                                  : drawn < 0.97
                                    ? 'restored'
                                    : drawn < 0.992
                                      ? 'tabs'
                                      : 'long');
  const shared = {
    kind,
    clients: whole(random, 2, 7),
    rooms: ['red', 'green', 'blue'].slice(0, whole(random, 1, 3)),
    membership: 0.6,
    sends: whole(random, 30, 120),
    bursts: [0],
    burstMs: 60_000,
    lastsMs: 70_000,
    cuts: 0,
    tokenLivesMs: HOUR_MS,
    skewMs: FAR_OFF_MS,
    rates: CALM,
    encounters: [],
    kicks: [],
    leaves: 0,
    pages: 0,
    erasures: 0,
    rightsChanges: 0,
    signIns: 0,
    crowd: 0,
    tabs: 1,
    reusesNewest: random() < 0.5,
  };
  const quiet = { skewMs: pick(random, [500, FAR_OFF_MS]) };
  const restless = {
    leaves: whole(random, 0, 12),
    erasures: pick(random, [0, 0, 8]),
    tabs: pick(random, [1, 1, 2, 3]),
  };
  const crashing = {
    ...shared,
    sends: 12,
    membership: 1,
    burstMs: 120_000,
    lastsMs: 140_000,
    skewMs: 500,
    rates: { ...CALM, invocationCrashes: 0.2 },
    crashesApartMs: 10_000,
  };
  switch (kind) {
    case 'calm':
      return { ...shared, ...quiet, promptMs: 2_000 };
    case 'slow':
      return {
        ...shared,
        ...quiet,
        clients: whole(random, 3, 7),
        membership: 1,
        promptMs: 2_000,
        slowUser: 'u0',
        acknowledgedMs: SLOW_READER_ACK_MS,
      };
    case 'listeners':
      return {
        ...shared,
        ...quiet,
        skewMs: 500,
        rooms: ['red'],
        membership: 0,
        sends: 0,
        lastsMs: LISTENS_MS,
        leaseMs: LISTENS_MS / 3,
        promptMs: 2_000,
      };
    case 'doubled':
      return {
        ...shared,
        ...quiet,
        membership: 1,
        sends: 12,
        leaves: 30,
        rates: { ...CALM, invocationTwice: 0.5, invocationCrashes: 0.2 },
        diesAt: '10 connection in the room, member row not written',
      };
    case 'joins':
      return {
        ...shared,
        ...quiet,
        sends: 0,
        lastsMs: ENCOUNTERS * ENCOUNTER_MS + 10_000,
        encounters: Array.from({ length: ENCOUNTERS }, (_, i) => 5_000 + i * ENCOUNTER_MS),
        promptMs: 2_000,
      };
    case 'crash':
      return { ...crashing, promptMs: 2_500 };
    case 'orphan':
      return {
        ...crashing,
        clients: whole(random, 4, 7),
        sends: 40,
        sendersDie: true,
        // What heals a message must not die of the next crash.
        crashesApartMs: HEARTBEAT_MS + 9_000,
        promptMs: HEARTBEAT_MS,
      };
    case 'faulty': {
      const tokenLivesMs = pick(random, [90_000, 300_000, HOUR_MS, HOUR_MS]);
      return {
        ...shared,
        ...restless,
        // All at once, or over a while.
        burstMs: pick(random, [500, whole(random, 20_000, 120_000), whole(random, 20_000, 120_000)]),
        lastsMs: 150_000,
        cuts: pick(random, [0, 0, 1, 2]),
        tokenLivesMs,
        skewMs: tokenLivesMs === HOUR_MS ? FAR_OFF_MS : 5_000,
        rates: drawRates(random),
      };
    }
    case 'kicks': {
      const count = whole(random, 3, 9);
      return {
        ...shared,
        ...restless,
        erasures: 0,
        membership: 1,
        burstMs: 100_000,
        lastsMs: 150_000,
        rates: { ...drawRates(random), invocationFreezes: WORST.invocationFreezes, invocationTwice: 0.3 },
        kicks: Array.from({ length: count }, (_, i) => 10_000 + (i * 90_000) / count),
      };
    }
    case 'pages':
      return {
        ...shared,
        tabs: 1,
        membership: 1,
        burstMs: 100_000,
        lastsMs: 150_000,
        rates: drawRates(random),
        pages: whole(random, 2, 6),
      };
    case 'large': {
      const isCalm = random() < 0.5;
      return {
        ...shared,
        ...quiet,
        clients: whole(random, 2, 4),
        rooms: ['red'],
        membership: 1,
        sends: 12,
        crowd: whole(random, 501, 1_200),
        ...(isCalm ? { promptMs: 2_000 } : { rates: drawRates(random) }),
      };
    }
    case 'presence':
      return {
        ...shared,
        ...restless,
        clients: whole(random, 3, 5),
        erasures: 0,
        membership: 1,
        sends: 20,
        burstMs: 100_000,
        lastsMs: 120_000,
        skewMs: 500,
        rates: drawRates(random),
        restsMs: ASKS_AT_LATEST_MS,
      };
    case 'signIns':
      return {
        ...shared,
        ...drawRenewals(random),
        signIns: whole(random, 2, 6),
      };
    case 'restored': {
      const hasOwnName = random() < 0.7;
      const sent = {
        ...shared,
        rooms: shared.rooms.slice(0, 2),
        membership: 1,
        sends: whole(random, 60, 120),
      };
      // Under the same name nothing may be under way, and no room may be as long again before all have joined.
      if (!hasOwnName)
        return {
          ...sent,
          bursts: [0, 60_000],
          burstMs: 30_000,
          lastsMs: 100_000,
          restore: { atMs: 50_000, hasOwnName },
        };
      return {
        ...sent,
        burstMs: 100_000,
        lastsMs: 150_000,
        cuts: pick(random, [0, 0, 1]),
        tabs: pick(random, [1, 1, 2]),
        // A frame that comes once more may write again what the backup lacks.
        rates: { ...drawRates(random), invocationTwice: 0 },
        restore: { atMs: whole(random, 20_000, 80_000), hasOwnName },
      };
    }
    case 'rights':
      return {
        ...shared,
        ...drawRenewals(random),
        rightsChanges: whole(random, 2, 8),
      };
    case 'tabs':
      return {
        ...shared,
        membership: 1,
        clients: whole(random, 2, 3),
        tabs: MAX_CONNECTIONS,
        burstMs: 300_000,
        lastsMs: 320_000,
        tokenLivesMs: 90_000,
        skewMs: 500,
        rates: { ...CALM, databaseLeavesOut: 0.3 },
        promptMs: FULL_HOUSE_RENEWAL_MS,
        staysJoined: true,
      };
    case 'changes': {
      const plan = drawChanges(random);
      const rates = drawRates(random);
      return {
        ...shared,
        clients: whole(random, 2, 4),
        tabs: whole(random, 1, 3),
        rooms: shared.rooms.slice(0, pick(random, [1, 1, 1, 2])),
        membership: 1,
        sends: 0,
        lastsMs: 300_000,
        cuts: pick(random, [0, 0, 1, 2]),
        skewMs: 1_000,
        changes: plan,
        keepMessages: pick(random, [5, 5, 1_000]),
        kicks: Array.from({ length: pick(random, [0, 0, 1, 2]) }, (_, i) => 30_000 + i * 120_000),
        ...(plan.expiries > 0 && { retentionMs: HOUR_MS }),
        rates: {
          ...rates,
          // Changes overtake pages, and frozen invocations meet later ones.
          ...(random() < 0.5 && { postLate: WORST.postLate }),
          ...(plan.focus !== 'all' && { invocationFreezes: 0.15 }),
        },
      };
    }
    case 'long':
      return {
        ...shared,
        ...restless,
        bursts: [0, 0.4 * HOUR_MS, 1.5 * HOUR_MS, 2.3 * HOUR_MS, 4 * HOUR_MS],
        burstMs: 300_000,
        lastsMs: 4.2 * HOUR_MS,
        cuts: whole(random, 0, 3),
        tokenLivesMs: pick(random, [HOUR_MS, 6 * HOUR_MS]),
        retentionMs: HOUR_MS,
        rates: drawRates(random),
      };
    default:
      return kind satisfies never;
  }
}

/** Tokens end, and are renewed, several times. */
function drawRenewals(random: () => number) {
  return {
    membership: 1,
    burstMs: 120_000,
    lastsMs: 150_000,
    tokenLivesMs: 90_000,
    skewMs: 5_000,
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
