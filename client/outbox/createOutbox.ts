/** Outboxes that outlive a chat, or that several share. The core does not import this. */

import type {
  ChatOutbox,
  MaybePromise,
  Outbox,
  OutboxRecord,
  OutboxSession,
  OutboxShare,
} from '../platform/platform';
import { when } from './maybePromise';
import { inMemory } from './memory';

/** Makes an outbox such that a chat takes it. Where it cannot be opened, sends last as long as the page. */
export function createOutbox(outbox: Outbox): ChatOutbox {
  const unstored = inMemory();
  return {
    open: () => outbox.open(),
    openSession: (...chat) => createKeeper(outbox, unstored, ...chat),
  };
}

/** Keeps sends in memory. Chats that share it do not send each other's, until one is closed. */
export function createMemoryOutbox(): ChatOutbox {
  return createOutbox(inMemory());
}

/** One opening of the outbox, from `connect()` to `close()`, and what is done once it is open. */
interface Opening {
  share?: OutboxShare;
  isAsked?: boolean;
  waiting: ((share: OutboxShare) => void)[];
}

function createKeeper(
  outbox: Outbox,
  unstored: Outbox,
  ...[restore, isTooOld, report, opened]: Parameters<ChatOutbox['openSession']>
): OutboxSession {
  let user: string | undefined;
  let current: Opening = { waiting: [] };
  /** What an earlier page has left: it waits until it is known that this is its user. */
  let found: OutboxRecord[] = [];

  const open = (own: Opening, from: Outbox): void => {
    own.isAsked = true;
    when(
      () => from.open(),
      (share) => {
        own.share = share;
        for (const run of own.waiting) run(share);
        if (own === current) opened();
      },
      (error) => {
        report(error);
        // A browser may refuse to store anything.
        open(own, unstored);
      },
    );
  };

  /** Does something with the share, also after `close()` if it opens late; what comes of it counts until then. */
  const use = <T>(
    run: (share: OutboxShare) => MaybePromise<T>,
    then: (value: T) => void = ignore,
    failed = ignore,
  ): void => {
    const own = current;
    const go = (share: OutboxShare): void =>
      when(
        () => run(share),
        (value) => {
          if (own === current) then(value);
        },
        (error) => {
          report(error);
          if (own === current) failed();
        },
      );
    if (own.share) go(own.share);
    else own.waiting.push(go);
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
    isReady: () => current.share !== undefined,
    adopt(self) {
      user = self;
      sortFound();
      if (!current.isAsked) open(current, outbox);
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
      found = [];
      if (!current.isAsked) return;
      use((own) => own.close());
      current = { waiting: [] };
    },
  };
}

function ignore(): void {}
