/** Outboxes that outlive a chat, or that several share. The core does not import this. */

import type { ChatOutbox, Keeper, MaybePromise, Outbox, OutboxRecord, OutboxShare } from '../world';
import { when } from './maybe';
import { inMemory } from './memory';

/** Makes an outbox such that a chat takes it. Where it cannot be opened, sends last as long as the page. */
export function forChat(outbox: Outbox): ChatOutbox {
  const unstored = inMemory();
  return {
    open: () => outbox.open(),
    keep: (...chat) => createKeeper(outbox, unstored, ...chat),
  };
}

/** Keeps sends in memory. Chats that share it do not send each other's, until one is closed. */
export function createMemoryOutbox(): ChatOutbox {
  return forChat(inMemory());
}

function createKeeper(
  outbox: Outbox,
  unstored: Outbox,
  ...[restore, isTooOld, report]: Parameters<ChatOutbox['keep']>
): Keeper {
  let user: string | undefined;
  /** Another one each time that it is opened. */
  let opening: object | undefined;
  let share: OutboxShare | undefined;
  /** What is done once it is open. */
  let waiting: (() => void)[] = [];
  /** What an earlier page has left: it waits until it is known that this is its user. */
  let found: OutboxRecord[] = [];

  const open = (from: Outbox): void => {
    const own = {};
    opening = own;
    when(
      () => from.open(),
      (opened) => {
        if (own !== opening) return when(() => opened.close(), ignore, report);
        share = opened;
        const waited = waiting;
        waiting = [];
        for (const run of waited) run();
      },
      (error) => {
        report(error);
        // A browser may refuse to store anything.
        if (own === opening) open(unstored);
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
    if (!own) {
      waiting.push(() => use(run, then, failed));
      return;
    }
    when(
      () => run(own),
      (value) => {
        if (own === share) then(value);
      },
      (error) => {
        report(error);
        if (own === share) failed();
      },
    );
  };

  const remove = (id: string): void => use((own) => own.remove(id));

  /** Gives the chat what belongs to its user; what is of no use to anybody any more is forgotten. */
  const sortFound = (): void => {
    const self = user;
    if (self === undefined) return;
    const unsorted = found;
    found = [];
    for (const record of unsorted) {
      if ((record.user ?? self) === self) restore(record);
      else if (isTooOld(record)) remove(record.id);
      else found.push(record);
    }
  };

  return {
    adopt(self) {
      user = self;
      sortFound();
      if (!opening) open(outbox);
      use(
        (own) => own.adopt(),
        (records) => {
          found.push(...records);
          sortFound();
        },
      );
    },
    put: (record, done) =>
      use(
        (own) => own.put({ ...record }),
        done,
        () => done('failed'),
      ),
    remove,
    close() {
      if (share) use((own) => own.close());
      opening = undefined;
      share = undefined;
      waiting = [];
      found = [];
    },
  };
}

function ignore(): void {}
