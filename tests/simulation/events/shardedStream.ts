import type { VirtualClock } from '../clock';
import type { Dice } from '../faults';
import { between, type Random, whole } from '../random';

const SHARDS = 2;
const BATCH = 10;
const DAY_MS = 24 * 3_600_000;
const AGAIN_MS = 1_000;

/** How often the stream skips a record, repeats it, or brings it a day late. */
export interface StreamFaults {
  skips: number;
  repeats: number;
  late: number;
}

/** A stream of records, each the name of a room, which wakes a function shard by shard. */
export interface ShardedStream {
  add(room: string): void;
  /** Ends the faults. */
  heal(): void;
}

/**
 * Makes a stream that brings a shard's records in batches of any size, one batch at a time. It brings those of a batch
 * that failed again, from the first one on, as Lambda does.
 */
export function createShardedStream(
  { clock, random, dice }: { clock: VirtualClock; random: Random; dice: Dice },
  faults: StreamFaults,
  wake: (rooms: readonly string[]) => Promise<ReadonlySet<string>>,
): ShardedStream {
  let rates = faults;
  const hits = (fault: keyof StreamFaults): boolean => {
    const isHit = random() < rates[fault];
    if (isHit) dice.count(`stream ${fault}`);
    return isHit;
  };
  const shards = Array.from({ length: SHARDS }, () => ({ records: [] as string[], isBusy: false }));

  const drain = async (shard: (typeof shards)[number]): Promise<void> => {
    if (shard.isBusy) return;
    shard.isBusy = true;
    while (shard.records.length > 0) {
      const batch = shard.records.slice(0, whole(random, 1, BATCH));
      await clock.wait(between(random, 20, 300));
      const failed = await wake(batch);
      const first = batch.findIndex((room) => failed.has(room));
      shard.records.splice(0, first < 0 ? batch.length : first);
      if (first >= 0) await clock.wait(AGAIN_MS);
    }
    shard.isBusy = false;
  };

  const deliver = (room: string): void => {
    const shard = shards[room.length % SHARDS];
    shard?.records.push(room);
    if (shard) void drain(shard);
  };

  return {
    heal() {
      rates = { skips: 0, repeats: 0, late: 0 };
    },
    add(room) {
      if (hits('skips')) return;
      if (hits('late')) clock.after(DAY_MS, () => deliver(room));
      else deliver(room);
      if (hits('repeats')) clock.after(between(random, 0, 5_000), () => deliver(room));
    },
  };
}
