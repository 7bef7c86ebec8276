import type { KeptUpload, UploadRecord, UploadShare, UploadStore } from './uploadStore';

/** A room's use of an upload store. Its calls run one after the other and never reject. */
export interface UploadSession {
  /** Takes over what pages that are gone left for a user. */
  adopt(user: string): Promise<KeptUpload[]>;
  /** Writes a message. `refused`: the store cannot, and memory alone has it. */
  add(upload: KeptUpload): Promise<'kept' | 'full' | 'refused'>;
  update(record: UploadRecord): Promise<'kept' | 'lost'>;
  remove(id: string): void;
  close(): void;
}

/** Creates a session. The store is opened at the first call; one that cannot be opened keeps nothing. */
export function createUploadSession(
  store: UploadStore | undefined,
  room: string,
  report: (error: unknown) => void,
): UploadSession {
  let opened: Promise<UploadShare | undefined> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const use = <T>(call: (share: UploadShare) => Promise<T>, otherwise: T): Promise<T> => {
    const turn = last.then(async () => {
      if (!store || isClosed) return otherwise;
      opened ??= store.open().catch(report) as Promise<UploadShare | undefined>;
      const share = await opened;
      if (!share) return otherwise;
      return call(share).catch((error) => {
        report(error);
        return otherwise;
      });
    });
    last = turn;
    return turn;
  };

  return {
    adopt: (user) => use((share) => share.adopt(user, room), []),
    async add(upload) {
      const outcome = await use((share) => share.add(upload), 'noSpace');
      return outcome === 'noSpace' ? 'refused' : outcome;
    },
    update: (record) => use((share) => share.update(record), 'kept'),
    remove: (id) => void use((share) => share.remove(id), undefined),
    close() {
      isClosed = true;
      void opened?.then((share) => share?.close()).catch(report);
    },
  };
}
