import type { Random } from '../simulation/random';

/** Every fault by where it strikes, and how likely: per database call, post, socket or invocation. */
export const FAULTS = {
  database: {
    databaseRefused: 0.05,
    databaseReplyLost: 0.05,
    databaseLate: 0.05,
    databaseHangs: 0.002,
  },
  posts: {
    postDropped: 0.1,
    postRefused: 0.1,
    postRefusedDelivered: 0.04,
    postDenied: 0.04,
    postHangs: 0.02,
    postLate: 0.03,
    postTwice: 0.03,
  },
  sockets: {
    socketReset: 0.3,
    socketBlackholed: 0.08,
    socketSlow: 0.1,
    replyLost: 0.02,
  },
  invocations: {
    invocationKilled: 0.05,
    invocationTwice: 0.05,
    disconnectMissing: 0.3,
    disconnectTwice: 0.2,
  },
} as const;

type Groups = typeof FAULTS;
export type Group = keyof Groups;
export type Fault = { [G in Group]: keyof Groups[G] }[Group] | 'putSwallowed';

/** How often each fault strikes; one that is not named never does. */
export type Rates = Partial<Record<Fault, number>>;

export const ALL: Rates = Object.assign({}, ...Object.values(FAULTS));

/** Throws the dice for faults and counts every one that struck. */
export interface Dice {
  /** Draws whether a fault strikes, and counts it if so. */
  hits(fault: Fault): boolean;
  /** Draws only: whether it strikes is told by `count` later. */
  draws(fault: Fault): boolean;
  count(what: string): void;
  readonly counts: ReadonlyMap<string, number>;
  /** Ends all faults. */
  stop(): void;
  readonly isStopped: boolean;
}

export function createDice(random: Random, rates: Rates): Dice {
  const counts = new Map<string, number>();
  let isStopped = false;

  const count = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  const draws = (fault: Fault): boolean => !isStopped && random() < (rates[fault] ?? 0);

  return {
    counts,
    count,
    draws,
    hits(fault) {
      const isHit = draws(fault);
      if (isHit) count(fault);
      return isHit;
    },
    stop() {
      isStopped = true;
    },
    get isStopped() {
      return isStopped;
    },
  };
}

/**
 * Reads what `--faults` asks for: `all`, `none`, a group, or one fault with its rate, as in
 * `all,databaseRefused=0.2`. @throws Error that names what is not known.
 */
export function parseFaults(text: string): Rates {
  const rates: Rates = {};
  for (const term of text.split(',').filter((each) => each !== '')) {
    const [name = '', rate] = term.split('=');
    if (name === 'all') Object.assign(rates, ALL);
    else if (isGroup(name)) Object.assign(rates, FAULTS[name]);
    else if (isFault(name)) rates[name] = rateOf(rate ?? '', name);
    else if (name !== 'none') throw new Error(`"${name}" is no fault: ${Object.keys(ALL).join(', ')}.`);
  }
  return rates;
}

function rateOf(text: string, name: string): number {
  const rate = Number(text);
  if (text === '' || !(rate >= 0 && rate <= 1)) throw new Error(`Write "${name}=0.1", from 0 to 1.`);
  return rate;
}

function isGroup(name: string): name is Group {
  return Object.hasOwn(FAULTS, name);
}

function isFault(name: string): name is Fault {
  return Object.hasOwn(ALL, name) || name === 'putSwallowed';
}
