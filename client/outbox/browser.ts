/** An outbox in the browser's IndexedDB: the entry point `edge-chat/outbox/browser`. */

import type { Outbox, OutboxRecord } from '../common/outboxTypes';
import { byOrder } from './mergeRecords';

const STORE = 'sends';
/** A browser that answers later than this is taken for one that does not store. */
const DATABASE_TIMEOUT_MS = 5_000;

/** A record, and the page it belongs to. */
type Row = OutboxRecord & { owner: string };

/** What is done in one transaction; it gives the value of the transaction. */
type Change<T> = (store: IDBObjectStore, give: (value: T) => void) => void;

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
      let database = await openDatabase(name).catch((error) => {
        release();
        throw error;
      });
      const change = <T>(run: Change<T>): Promise<T> =>
        transact(database, run).catch(async () => {
          // The browser closes the database under a page, such as when the user clears site data.
          database.close();
          database = await openDatabase(name);
          return transact(database, run);
        });

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

/** Opens the database. Rejects after {@link DATABASE_TIMEOUT_MS}: some browsers never answer. */
function openDatabase(name: string): Promise<IDBDatabase> {
  return withTimeLimit((resolve, reject, isOver) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => {
      const database = request.result;
      // Another tab wants to delete the database: the next change opens a new one.
      database.onversionchange = () => database.close();
      if (isOver()) database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('Another page holds an older version of the outbox open.'));
  });
}

/** Runs one transaction, and gives its value once the disk has it. */
function transact<T>(database: IDBDatabase, run: Change<T>): Promise<T> {
  return withTimeLimit((resolve, reject) => {
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

/** A promise that rejects if the browser has not answered in time. */
function withTimeLimit<T>(
  run: (resolve: (value: T) => void, reject: (error: unknown) => void, isOver: () => boolean) => void,
): Promise<T> {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new Error(`The browser's database did not answer within ${DATABASE_TIMEOUT_MS} ms.`));
    }, DATABASE_TIMEOUT_MS);
    run(resolve, reject, () => isOver);
  }).finally(() => clearTimeout(timer));
}
