import type { Outbox, OutboxRecord } from '../platform/platform';
import { byAge } from './mergeRecords';

/** Sends in memory, shared as any other outbox is. */
export function inMemory(): Outbox {
  const nobodys = new Map<string, OutboxRecord>();
  return {
    open() {
      const own = new Map<string, OutboxRecord>();
      return {
        adopt() {
          const adopted = [...nobodys.values()].sort(byAge);
          for (const record of adopted) own.set(record.id, record);
          nobodys.clear();
          return adopted;
        },
        put(record) {
          own.set(record.id, record);
          return 'kept';
        },
        remove: (id) => void own.delete(id),
        close() {
          for (const record of own.values()) nobodys.set(record.id, record);
        },
      };
    },
  };
}
