import type { Outbox, OutboxRecord } from '../world';
import { byAge } from './merge';

/** Keeps sends in memory. Clients that share it do not send each other's, until one is closed. */
export function createMemoryOutbox(): Outbox {
  const records = new Map<string, { record: OutboxRecord; owner: symbol | undefined }>();
  return {
    open() {
      const self = Symbol('share');
      return {
        adopt() {
          const adopted = [...records.values()].filter(({ owner }) => owner === undefined);
          for (const kept of adopted) kept.owner = self;
          return adopted.map(({ record }) => ({ ...record })).sort(byAge);
        },
        put(record) {
          const known = records.get(record.id);
          if (known && known.owner !== self) return 'lost';
          records.set(record.id, { record: { ...record }, owner: self });
          return 'kept';
        },
        remove(id) {
          if (records.get(id)?.owner === self) records.delete(id);
        },
        close() {
          for (const kept of records.values()) if (kept.owner === self) kept.owner = undefined;
        },
      };
    },
  };
}
