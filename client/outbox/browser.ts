/** An outbox in the browser's IndexedDB: the entry point `edge-chat/outbox/browser`. */

import type { Outbox, OutboxRecord } from '../common/outboxTypes';
import { createMemoryStore } from './memoryStore';
import { byOrder } from './mergeRecords';
import { createOutbox } from './outboxSession';

const STORE = 'sends';
/** A browser that answers later than this is taken for one that does not store. */
const DATABASE_TIMEOUT_MS = 5_000;

/** A record, and the page it belongs to. */
type Row = OutboxRecord & { owner: string };

/** What is done in one transaction; it gives the value of the transaction. */
type Change<T> = (store: IDBObjectStore, give: (value: T) => void) => void;

/**
 * Keeps sends in IndexedDB, so that they outlive the page. Each page holds its own lock as long as it lives (Web
 * Locks). Records of a page without a lock are free. Rejects where a browser has neither. A send of which the browser
 * stores nothing, such as on a full disk, is kept in memory.
 */
export function createBrowserOutbox(name = 'edge-chat'): Outbox {
  const memory = createMemoryStore();
  return createOutbox({
    async open() {
      const owner = crypto.randomUUID();
      const lockOf = (page: string) => `${name}:${page}`;
      const release = await holdLock(lockOf(owner));
      let database = await openDatabase(name).catch((error) => {
        release();
        throw error;
      });
      const change = <T>(run: Change<T>): Promise<T> =>
        transact(database, run).catch(async (error) => {
          // The browser closes the database under a page, such as when the user clears site data.
          database.close();
          try {
            database = await openDatabase(name);
            return await transact(database, run);
          } catch (again) {
            throw error instanceof Unanswered ? error : again;
          }
        });
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
          const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
          const known = await inMemory.adopt(accepts);
          for (const { id } of known) unstored.add(id);
          const orphans = await change<OutboxRecord[]>((store, give) => {
            const all = store.getAll() as IDBRequest<Row[]>;
            all.onsuccess = () => {
              const orphans = all.result
                .filter((row) => !held.has(lockOf(row.owner)))
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
          try {
            const outcome = await change<'kept' | 'lost'>((store, give) => {
              const known = store.get(record.id) as IDBRequest<Row | undefined>;
              known.onsuccess = () => {
                const isLost = known.result !== undefined && known.result.owner !== owner;
                if (!isLost) store.put({ ...record, owner });
                give(isLost ? 'lost' : 'kept');
              };
            });
            stored.add(record.id);
            return outcome;
          } catch (error) {
            return keepInMemory(record, error);
          }
        },

        async remove(id) {
          if (unstored.delete(id)) return inMemory.remove(id);
          await change<void>((store, give) => {
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
          database.close();
          release();
        },
      };
    },
  });
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

/** The browser's database has not answered in time: it may still do what was asked. */
class Unanswered extends Error {}

/** A promise that rejects with {@link Unanswered} if the browser has not answered in time. */
function withTimeLimit<T>(
  run: (resolve: (value: T) => void, reject: (error: unknown) => void, isOver: () => boolean) => void,
): Promise<T> {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new Unanswered(`The browser's database did not answer within ${DATABASE_TIMEOUT_MS} ms.`));
    }, DATABASE_TIMEOUT_MS);
    run(resolve, reject, () => isOver);
  }).finally(() => clearTimeout(timer));
}
