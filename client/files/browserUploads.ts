import { ABANDONED_RECORD_MS } from '../common/constants';
import { BLOBS, openHolding, UPLOADS } from '../outbox/browserDatabase';
import { isTooMuch, type KeptUpload, type UploadRecord, type UploadStore } from './uploadStore';

/** A disk needs this long for the largest message. */
const WRITE_TIMEOUT_MS = 60_000;

/** A record, and the page it belongs to. */
type Row = UploadRecord & { owner: string };

interface BlobRow {
  id: string;
  contents: readonly Blob[];
}

/**
 * Keeps files that wait for their upload in IndexedDB, so that they outlive the page. Name it as the chat's
 * `createBrowserOutbox`: then a message moves into that outbox in one step, and `eraseBrowserOutbox` erases both.
 */
export function createBrowserUploads(name = 'edge-chat'): UploadStore {
  return {
    async open() {
      const { owner, change, findOrphans, close } = await openHolding(name);

      return {
        async adopt(user, room) {
          const isOrphan = await findOrphans();
          return change<KeptUpload[]>([UPLOADS, BLOBS], (store, give) => {
            const blobs = store.transaction.objectStore(BLOBS);
            const adopted: KeptUpload[] = [];
            give(adopted);
            const all = store.getAll() as IDBRequest<Row[]>;
            all.onsuccess = () => {
              removeUnnamed(blobs, all.result);
              for (const row of all.result.filter(isOrphan).sort(byTime)) {
                const { owner: _, ...record } = row;
                if (Date.now() - row.at > ABANDONED_RECORD_MS) {
                  store.delete(row.id);
                  blobs.delete(row.id);
                } else if (row.user === user && row.room === room) {
                  store.put({ ...record, owner });
                  const found = blobs.get(row.id) as IDBRequest<BlobRow | undefined>;
                  found.onsuccess = () =>
                    found.result && adopted.push({ record, contents: found.result.contents });
                }
              }
            };
          });
        },

        add: ({ record, contents }) =>
          change<'kept' | 'full' | 'noSpace'>(
            [UPLOADS, BLOBS],
            (store, give) => {
              const blobs = store.transaction.objectStore(BLOBS);
              const all = store.getAll() as IDBRequest<Row[]>;
              all.onsuccess = () => {
                const rows = [...all.result.filter(({ id }) => id !== record.id), record];
                if (isTooMuch(rows.filter(({ user }) => user === record.user))) return give('full');
                if (isTooMuch(rows)) return give('noSpace');
                blobs.put({ id: record.id, contents });
                store.put({ ...record, owner });
                give('kept');
              };
            },
            WRITE_TIMEOUT_MS,
          ),

        update: (record) =>
          change<'kept' | 'lost'>([UPLOADS], (store, give) => {
            const known = store.get(record.id) as IDBRequest<Row | undefined>;
            known.onsuccess = () => {
              if (known.result?.owner === owner) store.put({ ...record, owner });
              give((known.result?.owner ?? owner) === owner ? 'kept' : 'lost');
            };
          }),

        remove: (id) =>
          change<void>([UPLOADS, BLOBS], (store, give) => {
            const known = store.get(id) as IDBRequest<Row | undefined>;
            known.onsuccess = () => {
              // The outbox has removed the record of a message that it took.
              if ((known.result?.owner ?? owner) === owner) {
                store.delete(id);
                store.transaction.objectStore(BLOBS).delete(id);
              }
              give();
            };
          }),

        async close() {
          close();
        },
      };
    },
  };
}

/** Removes the contents of messages that the outbox has taken. */
function removeUnnamed(blobs: IDBObjectStore, rows: readonly Row[]): void {
  const named = new Set<IDBValidKey>(rows.map(({ id }) => id));
  const keys = blobs.getAllKeys();
  keys.onsuccess = () => {
    for (const key of keys.result) if (!named.has(key)) blobs.delete(key);
  };
}

function byTime(a: UploadRecord, b: UploadRecord): number {
  return a.at - b.at;
}
