import { when } from '../maybe';
import type { Outbox, OutboxRecord, OutboxShare } from '../world';
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

  const adopt = (): void => {
    const own = share;
    if (!own) return;
    when(
      () => own.adopt(),
      (records) => {
        if (own === share && records.length > 0) events.adopted(records);
      },
      events.failed,
    );
  };

  return {
    open: () => open(outbox),
    isOpen: () => share !== undefined,
    adopt,
    put(record, done) {
      const own = share;
      if (!own) return;
      when(
        () => own.put({ ...record }),
        (outcome) => {
          if (own === share) done(outcome);
        },
        (error) => {
          events.failed(error);
          if (own === share) done('failed');
        },
      );
    },
    remove(id) {
      const own = share;
      if (own) when(() => own.remove(id), ignore, events.failed);
    },
    close() {
      const own = share;
      opening++;
      share = undefined;
      if (own) when(() => own.close(), ignore, events.failed);
    },
  };
}

function ignore(): void {}
