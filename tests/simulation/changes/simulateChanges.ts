import { handleRoomAction, handleSendMessage } from '../../../lib/actions/routes';
import type { Requester } from '../../../lib/auth/requester';
import { runFanOutJob } from '../../../lib/delivery/runFanOutJob';
import { removeUserFromRoom } from '../../../lib/moderation/removeUser';
import { eraseUser } from '../../../lib/operator/eraseCommand';
import { readExportPage } from '../../../lib/operator/exportCommand';
import type { PublishContext, SendQuotaContext, UserContext } from '../../../lib/ports/contexts';
import type { LogPosition } from '../../../lib/ports/logStore';
import type { History, LogEntry, Reply } from '../../../lib/protocol';
import { createVirtualClock } from '../clock';
import { CALM, createDice, type Rates, WORST } from '../faults';
import { createLambda, FROZEN_MS } from '../lambda';
import { between, pick, seeded, whole } from '../random';
import type { Outcome } from '../simulate';
import { createStores, type StoredRow, type Stores } from '../stores';
import { createFold, type Fold, type Shown } from './fold';
import { createRecords } from './records';
import { createTruth, type Wrong } from './truth';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const ROOM = 'red';
const LASTS_MS = 120_000;
const HEALS_MS = 120_000;
/** An erasure runs again after this: every attempt to write that began before it has ended. */
const SETTLE_MS = FROZEN_MS + 55_000;
const AGAIN_MS = { from: 200, to: 3_000 };
const SYNC_MS = { from: 500, to: 6_000 };

type Context = PublishContext & SendQuotaContext & UserContext;

/** One connection of a user, and what its client holds of the room: an unbroken run up to its cursor. */
interface Tab {
  requester: Requester;
  fold: Fold;
  /** Missing before the first page. */
  cursor?: number;
  oldest: number;
  early: Map<number, LogEntry>;
  /** Operations that are not known to be in the log. */
  open: Map<string, () => void>;
}

/** What one seed did. A violation has one of the kinds in {@link Wrong}. */
export type ChangesOutcome = Omit<Outcome, 'violations'> & { violations: { kind: Wrong; what: string }[] };

/** Runs edits and deletions by several tabs on the real core, under virtual time and every fault. */
export async function simulateChanges(seed: number): Promise<ChangesOutcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  // Now and then everything is about few messages, and containers freeze often.
  const isContended = random() < 0.3;
  const dice = createDice(random, {
    ...drawRates(random),
    ...(isContended && { invocationFreezes: 0.15, databaseReplyLost: WORST.databaseReplyLost }),
  });
  const stores = createStores();
  const users = Array.from({ length: whole(random, 2, 4) }, (_, i) => ({ id: `u${i}`, name: `User ${i}` }));
  const moderators = new Set(['u0']);
  const truth = createTruth(stores.rows, ROOM, moderators, clock.now);
  const retentionMs = random() < 0.3 ? HOUR_MS : undefined;
  const tabs: Tab[] = [];
  const out = new Set<string>();
  const deletedRows = new Set<number>();
  let made = 0;
  let operations = 0;
  let acknowledged = 0;
  let shown = 0;

  const settings = {
    ...{ logId: 'sim', sendsPerSecond: 1_000, userSendsPerSecond: 1_000, leaseMs: 90_000 },
    editMs: 24 * HOUR_MS,
    ...(retentionMs !== undefined && { retentionMs }),
  };
  const lambda = createLambda({
    ...{ clock, random, dice, settings, skewMs: 1_000, crashesApartMs: 0 },
    stores: observed(stores, truth.written),
    poster: {
      close: async () => 'delivered',
      prepare: (frame) => async (id) => {
        await clock.wait(between(random, 3, 15));
        if (dice.hits('postFails')) return 'retry';
        const tab = tabs.find(({ requester }) => requester.id === id);
        if (!tab) return 'gone';
        if (!dice.hits('postDropped'))
          clock.after(between(random, 5, dice.hits('postLate') ? 8_000 : 60), () =>
            receive(tab, JSON.parse(frame)),
          );
        return 'delivered';
      },
    },
    worker: {
      async enqueue(job) {
        clock.after(
          between(random, 20, 200),
          () => void invoke((context) => runFanOutJob(context, job, Number.MAX_SAFE_INTEGER)),
        );
      },
    },
  });

  /** Invokes a handler; everything it posts counts as begun with it. Gives nothing if it dies. */
  const invoke = async <T>(run: (context: Context) => Promise<T>): Promise<T | undefined> => {
    const began = clock.now();
    const seeing = (context: Context): Context => ({
      ...context,
      poster: {
        ...context.poster,
        prepare(frame) {
          truth.told([JSON.parse(frame)], began);
          return context.poster.prepare(frame);
        },
      },
    });
    return new Promise((resolve) => {
      lambda
        .invoke(
          (context) => run(seeing(context)),
          () => resolve(undefined),
        )
        .then(resolve, () => resolve(undefined));
    });
  };

  const insist = async <T>(run: (context: Context) => Promise<T>): Promise<T> => {
    for (;;) {
      const done = await invoke(run);
      if (done !== undefined) return done;
      await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
    }
  };

  const ask = async (
    tab: Tab,
    frame: { action: string; [field: string]: unknown },
  ): Promise<Reply | undefined> => {
    const began = clock.now();
    const handle = frame.action === 'getHistory' ? handleRoomAction : handleSendMessage;
    const attempt = () => invoke((context) => handle(context, tab.requester, JSON.stringify(frame)));
    if (dice.hits('invocationTwice')) clock.after(between(random, 0, 20_000), () => void attempt());
    const reply = await attempt();
    if (reply?.type === 'history') truth.told(reply.messages, began);
    if (reply?.type === 'ack') {
      truth.acknowledged(reply.id, reply.seq);
      if (reply.entry) truth.told([reply.entry], began);
    }
    return dice.hits('socketReset') ? undefined : reply;
  };

  /** A client counts its own entry as acknowledged wherever it meets it. */
  const met = (tab: Tab, entry: LogEntry): void => {
    const id = 'id' in entry ? entry.id : undefined;
    if (id !== undefined && 'from' in entry && entry.from?.id === tab.requester.user.id) tab.open.get(id)?.();
  };

  const receive = (tab: Tab, entry: LogEntry): void => {
    if (!('seq' in entry)) return;
    met(tab, entry);
    tab.early.set(entry.seq, entry);
    advance(tab);
  };

  const advance = (tab: Tab): void => {
    if (tab.cursor === undefined) return;
    for (let next = tab.early.get(tab.cursor + 1); next; next = tab.early.get(tab.cursor + 1)) {
      tab.fold.take(next);
      tab.cursor = next.seq;
      shown++;
    }
  };

  /** Reads what is missing up to the head; the first time, a few of the newest. */
  const sync = async (tab: Tab): Promise<void> => {
    for (;;) {
      const from = tab.cursor;
      const position = from === undefined ? { limit: 3 } : { after: from, limit: whole(random, 1, 30) };
      const page = await readPage(tab, position);
      if (!page || tab.cursor !== from) return;
      const [first] = page.messages;
      if (first && (page.truncated || from === undefined)) {
        if (from !== undefined) tab.fold.clear();
        tab.cursor = first.seq - 1;
        tab.oldest = first.seq;
      }
      tab.cursor ??= 0;
      for (const entry of page.messages) receive(tab, entry);
      if (from === undefined || !page.more) return;
    }
  };

  /** Reads a page of what is older than the client holds. Meanwhile changes may come. */
  const goBack = async (tab: Tab): Promise<void> => {
    if (tab.cursor === undefined || tab.oldest <= 1) return;
    const before = tab.oldest;
    const page = await readPage(tab, { before, limit: whole(random, 1, 10) });
    if (!page || tab.oldest !== before || page.messages.at(-1)?.seq !== before - 1) return;
    for (const entry of page.messages) {
      met(tab, entry);
      tab.fold.take(entry);
    }
    tab.oldest = page.messages[0]?.seq ?? before;
  };

  const readPage = async (tab: Tab, position: object): Promise<History | undefined> => {
    const reply = await ask(tab, { action: 'getHistory', room: ROOM, ...position });
    await clock.wait(between(random, 5, 2_000));
    return reply?.type === 'history' ? reply : undefined;
  };

  /** Sends something until it is acknowledged or refused; some give up after the first attempt. */
  const operate = async (
    tab: Tab,
    frame: { action: string; id: string; [field: string]: unknown },
  ): Promise<void> => {
    operations++;
    let isDone = false;
    tab.open.set(frame.id, () => {
      isDone = true;
    });
    let after = tab.cursor ?? 0;
    const givesUp = random() < 0.25;
    for (let attempt = 0; !isDone && !out.has(tab.requester.user.id); attempt++) {
      const began = clock.now();
      if (attempt > 0 && givesUp) {
        dice.count('gave up');
        return;
      }
      const reply = await ask(tab, { ...frame, after });
      if (isDone) break;
      if (reply?.type === 'ack') {
        acknowledged++;
        break;
      }
      if (reply?.type === 'error' && reply.code === 'behind') {
        await sync(tab);
        after = tab.cursor ?? after;
      } else if (reply?.type === 'error' && reply.code !== 'unavailable' && reply.code !== 'rateLimited') {
        dice.count(`refused ${reply.code}`);
        if (!out.has(tab.requester.user.id)) truth.refused(frame.id, began);
        break;
      }
      await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
    }
    tab.open.delete(frame.id);
  };

  const act = (tab: Tab): void => {
    if (out.has(tab.requester.user.id)) return;
    const id = `operation-${made++}`;
    const text = `canary-${tab.requester.user.id}-${made}`;
    const known = [...tab.fold.shown().keys()];
    const drawn = random();
    if (known.length === 0 || drawn < (isContended ? 0.05 : 0.4))
      return void operate(tab, { action: 'sendMessage', room: ROOM, id, text });
    // Mostly the newest messages, so that changes of one message meet.
    const of = known[Math.max(0, known.length - 1 - Math.floor(random() ** 2 * known.length))] ?? 1;
    const frame =
      drawn < (isContended ? 0.97 : 0.8)
        ? { action: 'editMessage', room: ROOM, id, of, text }
        : { action: 'deleteMessage', room: ROOM, id, of };
    void operate(tab, frame);
  };

  const open = async (user: (typeof users)[number], index: number): Promise<void> => {
    const requester: Requester = {
      id: `${user.id}-${index}`,
      user,
      expiresAt: START + 24 * HOUR_MS,
      permissions: moderators.has(user.id) ? '*:rwm' : '*:rw',
    };
    await stores.connections.open(requester, START + HOUR_MS);
    await stores.users.addConnection(user.id, requester.id, 9, START);
    await stores.connections.join(
      requester.id,
      ROOM,
      { bucket: 'syncs', now: START, costMs: 0, burstMs: 1 },
      START,
      9,
    );
    await stores.members.add({ ...requester, room: ROOM });
    tabs.push({ requester, fold: createFold(), oldest: 1, early: new Map(), open: new Map() });
  };
  for (const user of users) for (let i = whole(random, 1, 3); i > 0; i--) await open(user, i);

  const ends = START + LASTS_MS;
  for (let i = whole(random, 40, 120); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS), () => act(pick(random, tabs)));
  for (const tab of tabs) {
    const again = async (): Promise<void> => {
      await (random() < 0.3 ? goBack(tab) : sync(tab));
      if (clock.now() < ends) clock.after(between(random, SYNC_MS.from, SYNC_MS.to), () => void again());
    };
    clock.after(between(random, 0, SYNC_MS.to), () => void again());
  }
  const archive = (context: Context) => ({
    log: context.log,
    clock: context.clock,
    records: createRecords(stores, 20),
  });
  for (let i = 0; i < 4; i++)
    clock.after(between(random, 0, LASTS_MS), async () => {
      const began = clock.now();
      const page = await invoke((context) => readExportPage(archive(context), ROOM));
      if (page) truth.told(page.messages, began);
    });

  const leaver = random() < 0.5 ? pick(random, users).id : undefined;
  if (leaver !== undefined)
    clock.after(between(random, 20_000, 60_000), async () => {
      out.add(leaver);
      if (random() < 0.6) {
        const until = clock.now() + 24 * HOUR_MS;
        await insist(async (context) => {
          await removeUserFromRoom(context, ROOM, { user: leaver, until });
          return 'done';
        });
        dice.count('kicked');
      }
      if (random() < 0.7) await erase(leaver);
    });

  const erase = async (user: string): Promise<void> => {
    const pass = async (): Promise<void> => {
      let next: LogPosition | undefined;
      do {
        const from = next;
        next = (await insist((context) => eraseUser(archive(context), user, from))).next;
      } while (next);
    };
    await pass();
    await clock.wait(SETTLE_MS);
    await pass();
    truth.erased(user);
    dice.count('erased');
  };

  if (retentionMs !== undefined)
    clock.after(0.9 * LASTS_MS, () => {
      // Rows of which nothing is under way any more expire, and the database removes them when it likes.
      const isOld = ({ entry }: StoredRow) => entry.at < clock.now() - SETTLE_MS;
      for (const row of stores.rows.get(ROOM) ?? [])
        if (row?.expiresAt !== undefined && isOld(row) && random() < 0.6)
          row.expiresAt = clock.now() - 60_000;
      const rows = stores.rows.get(ROOM) ?? [];
      for (const [seq, row] of rows.entries())
        if (row?.expiresAt !== undefined && row.expiresAt < clock.now() && random() < 0.5) {
          rows[seq] = undefined;
          deletedRows.add(seq);
        }
      dice.count('rows expired');
    });

  await clock.runUntil(ends);
  dice.stop();
  await clock.runUntil(ends + HEALS_MS);

  const remaining = tabs.filter(({ requester }) => !out.has(requester.user.id));
  const late: Fold = createFold();
  const [reader] = remaining;
  let isRead = false;
  clock.after(0, async () => {
    for (const tab of remaining) await sync(tab);
    if (reader) await pageDown(reader, late);
    isRead = true;
  });
  await clock.runUntil(ends + 2 * HEALS_MS);
  if (!isRead) truth.report('stuck', 'the room could not be read to its end');

  const table = truth.table();
  const wrong = (who: string, fold: Fold, isLate: boolean): void => {
    for (const [seq, is] of table) {
      const has = fold.shown().get(seq);
      if (truth.isExpired(seq) || !has || (is.isErased && !isLate)) continue;
      if (!isSame(has, is))
        truth.report(
          'diverged',
          `${who} shows ${seq} as ${JSON.stringify(has)}, it is ${JSON.stringify(is)}`,
        );
    }
  };
  for (const tab of remaining) {
    if (tab.cursor !== truth.head())
      truth.report('stuck', `${tab.requester.id} is at ${tab.cursor} of ${truth.head()}`);
    wrong(tab.requester.id, tab.fold, false);
  }
  wrong('who pages down', late, true);
  for (const seq of deletedRows)
    if (stores.rows.get(ROOM)?.[seq]) truth.report('revived', `the row ${seq} had expired`);
  if ((stores.rows.get(ROOM) ?? []).some((row) => row?.isPending))
    truth.report('kept', 'a change is still pending');

  async function pageDown(tab: Tab, fold: Fold): Promise<void> {
    let before: number | undefined;
    for (;;) {
      const reply = await ask(tab, {
        action: 'getHistory',
        room: ROOM,
        limit: 7,
        ...(before && { before }),
      });
      if (reply?.type !== 'history') return;
      for (const entry of [...reply.messages].reverse()) fold.take(entry);
      before = reply.messages[0]?.seq;
      if (!reply.more || before === undefined) return;
    }
  }

  return {
    ...{ seed, violations: truth.violations, sends: operations, acknowledged, shown },
    ...{ counts: dice.counts, slowestMs: 0, wholeMs: 0 },
  };
}

function isSame(has: Shown, is: Shown): boolean {
  if (is.isErased || has.isErased) return has.isErased === is.isErased;
  if (is.deleted)
    return has.text === undefined && has.deleted?.seq === is.deleted.seq && has.deleted.by === is.deleted.by;
  return has.text === is.text && has.rev === is.rev && !has.deleted;
}

/** Tells of every row the moment it is written. */
function observed(stores: Stores, written: (entry: Parameters<Stores['log']['put']>[1]) => void): Stores {
  return {
    ...stores,
    log: {
      ...stores.log,
      async put(room, entry, hash) {
        const outcome = await stores.log.put(room, entry, hash);
        if (outcome === 'written') written(entry);
        return outcome;
      },
    },
  };
}

/** Each fault off in half of the runs, else anything up to its worst; crashes and freezes more often. */
function drawRates(random: () => number): Rates {
  const rates = { ...CALM };
  for (const fault of Object.keys(WORST) as (keyof Rates)[])
    rates[fault] = random() < 0.5 ? 0 : WORST[fault] * random();
  return rates;
}
