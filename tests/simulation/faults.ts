/** How often each fault strikes, as a probability per call, post, invocation, frame or socket. */
export interface Rates {
  databaseThrottled: number;
  databaseReplyLost: number;
  databaseHangs: number;
  databaseTwice: number;
  databaseLeavesOut: number;
  invocationCrashes: number;
  invocationFreezes: number;
  invocationTwice: number;
  postFails: number;
  postFailsDelivered: number;
  postHangs: number;
  postDropped: number;
  postLate: number;
  postTwice: number;
  connectRefused: number;
  socketReset: number;
  socketBlackholed: number;
  disconnectMissing: number;
  disconnectEarly: number;
  disconnectTwice: number;
}

export const CALM: Rates = {
  databaseThrottled: 0,
  databaseReplyLost: 0,
  databaseHangs: 0,
  databaseTwice: 0,
  databaseLeavesOut: 0,
  invocationCrashes: 0,
  invocationFreezes: 0,
  invocationTwice: 0,
  postFails: 0,
  postFailsDelivered: 0,
  postHangs: 0,
  postDropped: 0,
  postLate: 0,
  postTwice: 0,
  connectRefused: 0,
  socketReset: 0,
  socketBlackholed: 0,
  disconnectMissing: 0,
  disconnectEarly: 0,
  disconnectTwice: 0,
};

/** The worst a scenario may draw for each fault. */
export const WORST: Rates = {
  databaseThrottled: 0.08,
  databaseReplyLost: 0.05,
  databaseHangs: 0.02,
  databaseTwice: 0.05,
  databaseLeavesOut: 0.2,
  invocationCrashes: 0.1,
  invocationFreezes: 0.03,
  invocationTwice: 0.1,
  postFails: 0.3,
  postFailsDelivered: 0.1,
  postHangs: 0.1,
  postDropped: 0.3,
  postLate: 0.1,
  postTwice: 0.1,
  connectRefused: 0.2,
  socketReset: 0.02,
  socketBlackholed: 0.01,
  disconnectMissing: 0.3,
  disconnectEarly: 0.3,
  disconnectTwice: 0.2,
};

/** Places at which an invocation may die, as the guarantees number them. */
export const CRASH_POINTS = [
  '1 before any read',
  '2 after the charge',
  '3 before the put leaves',
  '4 put applied, reply lost',
  '5 after the put, before the members are read',
  '6 members read, nothing posted',
  '7 midway through the posts',
  '8 posted, before the return',
  '9 connection row written, connect not answered',
  '10 connection in the room, member row not written',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Throws the dice for faults and counts every hit; `stop` ends all faults. */
export interface Dice {
  hits(fault: keyof Rates): boolean;
  count(what: string): void;
  counts: Map<string, number>;
  stop(): void;
}

export function createDice(random: () => number, rates: Rates): Dice {
  const counts = new Map<string, number>();
  let current = rates;
  const count = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  return {
    counts,
    count,
    hits(fault) {
      const rate = current[fault];
      if (rate === 0 || random() >= rate) return false;
      count(fault);
      return true;
    },
    stop() {
      current = CALM;
    },
  };
}
