import type { Outbox, OutboxRecord, OutboxShare } from '../common/outboxTypes';
import { createDeferred } from '../util/deferred';
import { createMemoryOutbox } from './memory';

/** What an outbox session asks and reports. */
export interface OutboxSessionOptions {
  /** Takes back a record of this user that an earlier client has left. */
  restore(record: OutboxRecord): void;
  /** The record is too old to keep for its user, which may be another user. */
  isAbandoned(record: OutboxRecord): boolean;
  report(error: unknown): void;
  /** The outbox is ready. */
  onReady(): void;
}

/** A chat's use of its outbox: between `open` and `close` it holds a share. */
export interface OutboxSession {
  /** The user's earlier messages have been restored and new ones can be written. No message is sent before. */
  isReady(): boolean;
  open(): void;
  /** Takes over what closed clients of this user have left. */
  adopt(user: string): void;
  /** Writes a record, once the outbox is open. */
  put(record: OutboxRecord, done: (outcome: 'kept' | 'lost' | 'failed') => void): void;
  remove(id: string): void;
  close(): void;
}

/** Creates the session. An outbox that cannot be opened is replaced by memory. */
export function createOutboxSession(outbox: Outbox, options: OutboxSessionOptions): OutboxSession {
  const { restore, isAbandoned, report, onReady } = options;
  const fallback = createMemoryOutbox();
  const start = () => ({ share: createDeferred<OutboxShare>(), isOpen: false, isReady: false });
  let current = start();

  const openShare = async (): Promise<OutboxShare> => {
    try {
      return await outbox.open();
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
