/** An outbox in the browser's IndexedDB: the entry point `edge-chat/outbox/browser`. */

import type { Outbox, OutboxRecord } from '../common/outboxTypes';
import type { NewMessage } from '../common/roomTypes';
import { BY_FILE, eraseDatabase, openHolding, SENDS, Unanswered, UPLOADS } from './browserDatabase';
import { createMemoryStore } from './memoryStore';
import { byOrder } from './mergeRecords';
import { createOutbox } from './outboxSession';

/** A record, and the page it belongs to. */
type Row = OutboxRecord & { owner: string };

/**
 * Keeps sends in IndexedDB, so that they outlive the page. Each page holds its own lock as long as it lives (Web
 * Locks). After the lock has ended, other pages may take the records over. Rejects if the browser has no IndexedDB or
 * no Web Locks. If the browser cannot store a send, such as on a full disk, the client keeps the send in memory.
 */
export function createBrowserOutbox(name = 'edge-chat'): Outbox {
  const memory = createMemoryStore();
  return createOutbox({
    async open() {
      const holding = await openHolding(name);
      const { owner, change } = holding;
      const inMemory = await memory.open();
      const stored = new Set<string>();
      const unstored = new Set<string>();

      /** Keeps a record in memory. One that is stored must not be sent: a reload would send it again. */
      const keepInMemory = (record: OutboxRecord, error: unknown): Promise<'kept' | 'lost'> => {
        if (stored.has(record.id) || error instanceof Unanswered) throw error;
        unstored.add(record.id);
        return inMemory.put(record);
      };

      return {
        async adopt(accepts) {
          const isOrphan = await holding.findOrphans();
          const known = await inMemory.adopt(accepts);
          for (const { id } of known) unstored.add(id);
          const orphans = await change<OutboxRecord[]>([SENDS], (store, give) => {
            const all = store.getAll() as IDBRequest<Row[]>;
            all.onsuccess = () => {
              const orphans = all.result
                .filter(isOrphan)
                .map(({ owner: _, ...record }) => record)
                .filter(accepts);
              for (const record of orphans) store.put({ ...record, owner });
              give(orphans);
            };
          });
          for (const { id } of orphans) stored.add(id);
          return [...known, ...orphans].sort(byOrder);
        },

        async put(record) {
          if (unstored.has(record.id)) return inMemory.put(record);
          const { files: [file] = [] }: Partial<NewMessage> = record.more ?? {};
          try {
            const outcome = await change<'kept' | 'lost'>(
              file ? [SENDS, UPLOADS] : [SENDS],
              (store, give) => {
                const known = store.get(record.id) as IDBRequest<Row | undefined>;
                known.onsuccess = () => {
                  const isLost = known.result !== undefined && known.result.owner !== owner;
                  if (!isLost) store.put({ ...record, owner });
                  if (!isLost && file) removeUpload(store.transaction.objectStore(UPLOADS), file);
                  give(isLost ? 'lost' : 'kept');
                };
              },
            );
            stored.add(record.id);
            return outcome;
          } catch (error) {
            return keepInMemory(record, error);
          }
        },

        async remove(id) {
          if (unstored.delete(id)) return inMemory.remove(id);
          await change<void>([SENDS], (store, give) => {
            const known = store.get(id) as IDBRequest<Row | undefined>;
            known.onsuccess = () => {
              if (known.result?.owner === owner) store.delete(id);
              give();
            };
          });
          stored.delete(id);
        },

        async close() {
          await inMemory.close();
          holding.close();
        },
      };
    },
  });
}

/** Removes the upload of a file whose message is now in the outbox: a reload must not send both. */
function removeUpload(uploads: IDBObjectStore, file: string): void {
  const known = uploads.index(BY_FILE).getKey(file);
  known.onsuccess = () => known.result && uploads.delete(known.result);
}

/** Removes all sends of an outbox, of every user: for signing out, after the chat was closed. */
export const eraseBrowserOutbox = (name = 'edge-chat'): Promise<void> => eraseDatabase(name);
