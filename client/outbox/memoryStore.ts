import type { OutboxRecord, OutboxStore } from '../common/outboxTypes';
import { byOrder } from './mergeRecords';

/** Keeps the records of all shares in memory. */
export function createMemoryStore(): OutboxStore {
  const released = new Map<string, OutboxRecord>();
  return {
    async open() {
      const own = new Map<string, OutboxRecord>();
      return {
        async adopt(accepts) {
          const adopted = [...released.values()].filter(accepts).sort(byOrder);
          for (const record of adopted) {
            released.delete(record.id);
            own.set(record.id, record);
          }
          return adopted;
        },
        async put(record) {
          own.set(record.id, record);
          return 'kept';
        },
        async remove(id) {
          own.delete(id);
        },
        async close() {
          for (const record of own.values()) released.set(record.id, record);
          own.clear();
        },
      };
    },
  };
}
