import { ABANDONED_RECORD_MS } from '../common/constants';
import type {
  Outbox,
  OutboxRecord,
  OutboxSession,
  OutboxSessionOptions,
  OutboxShare,
  OutboxStore,
} from '../common/outboxTypes';
import { createDeferred } from '../util/deferred';
import { createMemoryStore } from './memoryStore';

/** Makes an outbox of an app's own store, for the option `outbox` of a chat. */
export function createOutbox(store: OutboxStore): Outbox {
  return { open: () => store.open(), connect: (options) => startSession(store, options) };
}

/** Starts a session. A store that cannot be opened is replaced by memory. */
function startSession(store: OutboxStore, options: OutboxSessionOptions): OutboxSession {
  const { restore, now, keepMs, report, onReady } = options;
  const fallback = createMemoryStore();
  const start = () => ({ share: createDeferred<OutboxShare>(), isOpen: false, isReady: false });
  let current = start();

  /** The record is too old to keep for its user, which may be another user. */
  const isAbandoned = ({ at }: OutboxRecord): boolean => now() - at > Math.max(ABANDONED_RECORD_MS, keepMs);

  const openShare = async (): Promise<OutboxShare> => {
    try {
      return await store.open();
    } catch (error) {
      report(error);
      return fallback.open();
    }
  };

  /** Calls the share in the order of the calls of `use`. Ignores the result if the session was closed meanwhile. */
  const use = <T>(
    call: (share: OutboxShare) => Promise<T>,
    then: (value: T) => void = () => {},
    failed: () => void = () => {},
  ): void => {
    const own = current;
    own.share.promise
      .then(call)
      .then(
        (value) => {
          if (own === current) then(value);
        },
        (error) => {
          report(error);
          if (own === current) failed();
        },
      )
      .catch(report);
  };

  const remove = (id: string): void => use((share) => share.remove(id));

  const setReady = (): void => {
    if (current.isReady) return;
    current.isReady = true;
    onReady();
  };

  return {
    isReady: () => current.isReady,
    open() {
      const own = current;
      own.isOpen = true;
      openShare().then(own.share.resolve, report);
    },
    adopt(user) {
      if (!current.isOpen) return;
      const isOwn = (record: OutboxRecord): boolean => (record.user ?? user) === user;
      use(
        (share) => share.adopt((record) => isOwn(record) || isAbandoned(record)),
        (records) => {
          for (const record of records) isOwn(record) ? restore(record) : remove(record.id);
          setReady();
        },
        setReady,
      );
    },
    put: (record, done) =>
      use(
        (share) => share.put({ ...record }),
        done,
        () => done('failed'),
      ),
    remove,
    close() {
      use((share) => share.close());
      current = start();
    },
  };
}
