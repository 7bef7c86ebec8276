import { when } from '../maybe';
import type { MaybePromise, Outbox, OutboxRecord, OutboxShare } from '../world';
import { createMemoryOutbox } from './memory';

/** Writes sends down before they go out, and finds those that a closed page has left. */
export interface Keeper {
  open(): void;
  /** Records can be kept: nothing is sent before. */
  isOpen(): boolean;
  /** Looks for records that belong to nobody. */
  adopt(): void;
  put(record: OutboxRecord, done: (outcome: 'kept' | 'lost' | 'failed') => void): void;
  remove(id: string): void;
  close(): void;
}

export interface KeeperEvents {
  opened(): void;
  adopted(records: OutboxRecord[]): void;
  failed(error: unknown): void;
}

export function createKeeper(outbox: Outbox, events: KeeperEvents): Keeper {
  let share: OutboxShare | undefined;
  let opening = 0;

  const open = (from: Outbox): void => {
    const own = ++opening;
    when(
      () => from.open(),
      (opened) => {
        if (own !== opening) return when(() => opened.close(), ignore, events.failed);
        share = opened;
        adopt();
        events.opened();
      },
      (error) => {
        events.failed(error);
        // A browser may refuse to store anything: sends then last as long as the page.
        if (own === opening) open(createMemoryOutbox());
      },
    );
  };

  /** Does something with the share; what comes of it counts as long as it is ours. */
  const use = <T>(
    run: (share: OutboxShare) => MaybePromise<T>,
    then: (value: T) => void = ignore,
    failed = ignore,
  ): void => {
    const own = share;
    if (!own) return;
    when(
      () => run(own),
      (value) => {
        if (own === share) then(value);
      },
      (error) => {
        events.failed(error);
        if (own === share) failed();
      },
    );
  };

  const adopt = (): void => use((own) => own.adopt(), events.adopted);

  return {
    open: () => open(outbox),
    isOpen: () => share !== undefined,
    adopt,
    put: (record, done) =>
      use(
        (own) => own.put({ ...record }),
        done,
        () => done('failed'),
      ),
    remove: (id) => use((own) => own.remove(id)),
    close() {
      use((own) => own.close());
      opening++;
      share = undefined;
    },
  };
}

function ignore(): void {}
