import type { OutboxRecord, OutboxSession } from '../platform/platform';

/** Keeps sends for as long as the chat is there: what a `close()` interrupts goes on at the next `connect()`. */
export function createDefaultSession(restore: (record: OutboxRecord) => void): OutboxSession {
  const records = new Map<string, OutboxRecord>();
  return {
    isReady: () => true,
    adopt(user) {
      for (const record of records.values()) if ((record.user ?? user) === user) restore(record);
    },
    put(record, done) {
      records.set(record.id, record);
      done('kept');
    },
    remove: (id) => void records.delete(id),
    close() {},
  };
}
