import type { Outbox, OutboxRecord, OutboxShare } from '../../client/common/outboxTypes';
import { byOrder } from '../../client/outbox/mergeRecords';
import { createOutbox } from '../../client/outbox/outboxSession';
import type { VirtualClock } from './clock';
import { between, type Random } from './random';

/** What the pages of one browser share: a clock, and an outbox that outlives them. */
export interface Device {
  name: string;
  /** How far the device's clock is off, in milliseconds. */
  clockErrorMs: number;
  /** The outbox for one page: when that ends, its records belong to none. */
  outbox(isAlive: () => boolean): Outbox;
  /** The records that wait. */
  records(): readonly OutboxRecord[];
}

interface Kept {
  record: OutboxRecord;
  owner: Owner;
}

interface Owner {
  isAlive(): boolean;
}

const CALL_MS = { from: 0, to: 15 };

export function createDevice(name: string, clock: VirtualClock, random: Random): Device {
  const kept = new Map<string, Kept>();

  return {
    name,
    clockErrorMs: 0,
    records: () => [...kept.values()].map(({ record }) => record),
    outbox: (isAlive) => createOutbox({ open: async () => createShare(isAlive) }),
  };

  function createShare(isPageAlive: () => boolean): OutboxShare {
    let isClosed = false;
    const owner: Owner = { isAlive: () => isPageAlive() && !isClosed };
    /** A crash may come before the call or after it. Calls take their turn, as transactions do. */
    let last: Promise<unknown> = Promise.resolve();
    const call = <T>(run: () => T): Promise<T> => {
      const turn = last.then(async () => {
        await clock.wait(between(random, CALL_MS.from, CALL_MS.to));
        if (!isPageAlive()) return new Promise<T>(() => {});
        const value = run();
        await clock.wait(between(random, CALL_MS.from, CALL_MS.to));
        if (!isPageAlive()) return new Promise<T>(() => {});
        return value;
      });
      last = turn;
      return turn;
    };
    const isOthers = (id: string): boolean => {
      const known = kept.get(id);
      return known !== undefined && known.owner !== owner;
    };

    return {
      adopt: (accepts) =>
        call(() => {
          const left = [...kept.values()].filter((one) => !one.owner.isAlive() && accepts(one.record));
          for (const one of left) one.owner = owner;
          return left.map(({ record }) => record).sort(byOrder);
        }),
      put: (record) =>
        call(() => {
          if (isOthers(record.id)) return 'lost';
          kept.set(record.id, { record, owner });
          return 'kept';
        }),
      remove: (id) =>
        call(() => {
          if (!isOthers(id)) kept.delete(id);
        }),
      close: () =>
        call(() => {
          isClosed = true;
        }),
    };
  }
}
