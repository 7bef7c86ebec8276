import type { OutboxRecord, OutboxSession, OutboxSessionOptions } from '../common/outboxTypes';

/** Keeps a chat's sends as long as the chat object: what a closed chat left goes out when its user connects again. */
export function createMemorySession({ restore, onReady }: OutboxSessionOptions): OutboxSession {
  const records = new Map<string, OutboxRecord>();
  const left: OutboxRecord[] = [];
  let isReady = false;
  return {
    isReady: () => isReady,
    open() {},
    adopt(user) {
      for (const record of left.splice(0)) {
        if ((record.user ?? user) !== user) left.push(record);
        else {
          records.set(record.id, record);
          restore(record);
        }
      }
      if (isReady) return;
      isReady = true;
      onReady();
    },
    put(record, done) {
      records.set(record.id, record);
      done('kept');
    },
    remove: (id) => records.delete(id),
    close() {
      left.push(...records.values());
      records.clear();
      isReady = false;
    },
  };
}
