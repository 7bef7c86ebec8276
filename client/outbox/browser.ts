/** An outbox in the browser's IndexedDB. The core does not import this: `import { createBrowserOutbox } from …/outbox/browser`. */

import type { Outbox, OutboxRecord } from '../common/outboxTypes';
import { byOrder } from './mergeRecords';

const STORE = 'sends';

/** A record, and the page it belongs to. */
type Row = OutboxRecord & { owner: string };

/**
 * Keeps sends in IndexedDB, so that they outlive the page. Each page holds its own lock as long as it lives (Web
 * Locks). Records of a page without a lock are free. Rejects where a browser has neither.
 */
export function createBrowserOutbox(name = 'edge-chat'): Outbox {
  return {
    async open() {
      const owner = crypto.randomUUID();
      const lockOf = (page: string) => `${name}:${page}`;
      const release = await holdLock(lockOf(owner));
      const database = await openDatabase(name).catch((error) => {
        release();
        throw error;
      });
      const change = <T>(run: (store: IDBObjectStore, give: (value: T) => void) => void): Promise<T> =>
        transact(database, run);

      return {
        async adopt(accepts) {
          const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
          return change<OutboxRecord[]>((store, give) => {
            const all = store.getAll() as IDBRequest<Row[]>;
            all.onsuccess = () => {
              const orphans = all.result
                .filter((row) => !held.has(lockOf(row.owner)))
                .map(({ owner: _, ...record }) => record)
                .filter(accepts);
              for (const record of orphans) store.put({ ...record, owner });
              give(orphans.sort(byOrder));
            };
          });
        },

        put: (record) =>
          change<'kept' | 'lost'>((store, give) => {
            const known = store.get(record.id) as IDBRequest<Row | undefined>;
            known.onsuccess = () => {
              const isLost = known.result !== undefined && known.result.owner !== owner;
              if (!isLost) store.put({ ...record, owner });
              give(isLost ? 'lost' : 'kept');
            };
          }),

        remove: (id) =>
          change<void>((store, give) => {
            const known = store.get(id) as IDBRequest<Row | undefined>;
            known.onsuccess = () => {
              if (known.result?.owner === owner) store.delete(id);
              give();
            };
          }),

        async close() {
          database.close();
          release();
        },
      };
    },
  };
}

/** Removes all sends of an outbox, of every user: for signing out, after the chat was closed. */
export async function eraseBrowserOutbox(name = 'edge-chat'): Promise<void> {
  const database = await openDatabase(name);
  try {
    await transact<void>(database, (store, give) => {
      store.clear();
      give();
    });
  } finally {
    database.close();
  }
}

/** Takes a lock of its own. The returned function or the end of the page releases it. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('Another page holds an older version of the outbox open.'));
  });
}

/** Runs one transaction, and gives its value once the disk has it. */
function transact<T>(
  database: IDBDatabase,
  run: (store: IDBObjectStore, give: (value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
    let value: { given: T } | undefined;
    transaction.oncomplete = () =>
      value ? resolve(value.given) : reject(new Error('The outbox gave nothing.'));
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    run(transaction.objectStore(STORE), (given) => {
      value = { given };
    });
  });
}
