/** The browser's database of what waits to be sent, and the locks of the pages that hold it. */

/** The object stores: unsent messages, messages whose files are not uploaded, and the content of these files. */
export const SENDS = 'sends';
export const UPLOADS = 'uploads';
export const BLOBS = 'blobs';
/** Finds an upload by the id of a file. */
export const BY_FILE = 'file';

type StoreName = typeof SENDS | typeof UPLOADS | typeof BLOBS;

const VERSION = 2;
/** A browser that answers later than this is taken for one that does not store. */
const DATABASE_TIMEOUT_MS = 5_000;

/** Reads or writes in one transaction, on the first of its stores, and gives the value of the transaction. */
export type Change<T> = (store: IDBObjectStore, give: (value: T) => void) => void;

/** What a page holds in the database. The page's rows have its `owner`. */
export interface Holding {
  readonly owner: string;
  /** Runs one transaction. Opens the database again if the browser has closed it under the page. */
  change<T>(stores: readonly StoreName[], run: Change<T>, timeoutMs?: number): Promise<T>;
  /** Reads which pages live. The returned function tells whether a row belongs to none of them. */
  findOrphans(): Promise<(row: { owner: string }) => boolean>;
  /** Releases the rows to other pages. */
  close(): void;
}

/** Opens the database and takes a lock, which ends with the page. Rejects where the browser has neither. */
export async function openHolding(name: string): Promise<Holding> {
  const owner = crypto.randomUUID();
  const lockOf = (page: string) => `${name}:${page}`;
  const release = await holdLock(lockOf(owner));
  let database = await openDatabase(name).catch((error) => {
    release();
    throw error;
  });
  return {
    owner,
    change: (stores, run, timeoutMs) =>
      transact(database, stores, run, timeoutMs).catch(async (error) => {
        // The browser closes the database under a page, such as when the user clears site data.
        database.close();
        try {
          database = await openDatabase(name);
          return await transact(database, stores, run, timeoutMs);
        } catch (again) {
          throw error instanceof Unanswered ? error : again;
        }
      }),
    async findOrphans() {
      const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
      return (row) => !held.has(lockOf(row.owner));
    },
    close() {
      database.close();
      release();
    },
  };
}

/** Removes everything from the database, of every user. */
export async function eraseDatabase(name: string): Promise<void> {
  const database = await openDatabase(name);
  try {
    await transact<void>(database, [SENDS, UPLOADS, BLOBS], ({ transaction }, give) => {
      for (const store of transaction.objectStoreNames) transaction.objectStore(store).clear();
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
  return withTimeLimit(DATABASE_TIMEOUT_MS, (resolve, reject, isOver) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      const create = (store: StoreName) => request.result.createObjectStore(store, { keyPath: 'id' });
      if (oldVersion < 1) create(SENDS);
      create(UPLOADS).createIndex(BY_FILE, 'files', { multiEntry: true });
      create(BLOBS);
    };
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
function transact<T>(
  database: IDBDatabase,
  stores: readonly StoreName[],
  run: Change<T>,
  timeoutMs = DATABASE_TIMEOUT_MS,
): Promise<T> {
  return withTimeLimit(timeoutMs, (resolve, reject) => {
    const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' });
    let value: { given: T } | undefined;
    transaction.oncomplete = () =>
      value ? resolve(value.given) : reject(new Error('The outbox gave nothing.'));
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    run(transaction.objectStore(stores[0] ?? SENDS), (given) => {
      value = { given };
    });
  });
}

/** The browser's database has not answered in time: it may still do what was asked. */
export class Unanswered extends Error {}

/** A promise that rejects with {@link Unanswered} if the browser has not answered in time. */
function withTimeLimit<T>(
  timeoutMs: number,
  run: (resolve: (value: T) => void, reject: (error: unknown) => void, isOver: () => boolean) => void,
): Promise<T> {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => {
      isOver = true;
      reject(new Unanswered(`The browser's database did not answer within ${timeoutMs} ms.`));
    }, timeoutMs);
    run(resolve, reject, () => isOver);
  }).finally(() => clearTimeout(timer));
}
