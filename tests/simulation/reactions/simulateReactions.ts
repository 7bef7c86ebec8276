import { handleRoomAction } from '../../../lib/actions/routes';
import type { Requester } from '../../../lib/auth/requester';
import { eraseUser } from '../../../lib/operator/eraseCommand';
import type { LogPosition } from '../../../lib/ports/logStore';
import type { LogEntry, Reply } from '../../../lib/protocol';
import { createRecords } from '../changes/records';
import { createVirtualClock } from '../clock';
import { createFanOutWorkers } from '../fanOutWorkers';
import { CALM, createDice, type Rates, WORST } from '../faults';
import { createLambda, FROZEN_MS, tryToInvoke } from '../lambda';
import { between, pick, seeded, whole } from '../random';
import { namesOn, type StoredSet } from '../reactionStore';
import { createStores } from '../stores';
import type { Outcome } from '../totals';
import { createSummaries, type Summaries } from './summaries';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const ROOM = 'red';
const NAMES = ['👏', '🎉', '❤️'];
const MESSAGES = 2;
const LASTS_MS = 60_000;
const HEALS_MS = 120_000;
/** An erasure runs again after this: every attempt to write that began before it has ended. */
const SETTLE_MS = FROZEN_MS + 25_000;
/** A client repeats a toggle without an entry after this. */
const UNSETTLED_MS = 1_500;
const AGAIN_MS = { from: 200, to: 3_000 };
const SYNC_MS = { from: 500, to: 6_000 };

/** What may go wrong with reactions. */
export type ReactionsWrong = 'lost' | 'overtaken' | 'diverged' | 'kept' | 'stuck';

/** One connection of a user, and what its client knows of the reactions. */
interface Tab {
  requester: Requester;
  summaries: Summaries;
  cursor: number;
  /** How far this device's clock is off. */
  skewMs: number;
}

/** A toggle as its client sees it. The first version is that of the clock. */
interface Toggle {
  user: string;
  of: number;
  name: string;
  on: boolean;
  v: number;
  isSettled: boolean;
}

export type ReactionsOutcome = Omit<Outcome, 'violations'> & {
  violations: { kind: ReactionsWrong; what: string }[];
};

/** Runs toggles by several tabs on the real core, under virtual time and every fault: sparse ones, or bursts. */
export async function simulateReactions(seed: number): Promise<ReactionsOutcome> {
  const random = seeded(seed);
  const clock = createVirtualClock(START);
  const isBurst = random() < 0.2;
  const dice = createDice(random, drawRates(random));
  const stores = createStores();
  const users = Array.from({ length: isBurst ? 20 : 3 }, (_, i) => ({ id: `u${i}`, name: `User ${i}` }));
  const tabs: Tab[] = [];
  const toggles: Toggle[] = [];
  const erased = new Set<string>();
  const violations: ReactionsOutcome['violations'] = [];
  const report = (kind: ReactionsWrong, what: string): void => void violations.push({ kind, what });
  let shown = 0;

  const settings = {
    ...{ logId: 'sim', sendsPerSecond: 1_000, userSendsPerSecond: 1_000, leaseMs: 90_000, editMs: 0 },
  };
  const lambda = createLambda({
    ...{ clock, random, dice, settings, stores, skewMs: 1_000, crashesApartMs: 0 },
    poster: {
      close: async () => 'delivered',
      prepare: (frame) => async (id) => {
        await clock.wait(between(random, 3, 15));
        if (dice.hits('postFails')) return 'retry';
        const tab = tabs.find(({ requester }) => requester.id === id);
        if (tab && !dice.hits('postDropped'))
          clock.after(between(random, 5, dice.hits('postLate') ? 8_000 : 60), () =>
            take(tab, [JSON.parse(frame)]),
          );
        return tab ? 'delivered' : 'gone';
      },
    },
    worker: createFanOutWorkers({ clock, random }, () => lambda),
  });

  const take = ({ summaries }: Tab, entries: readonly LogEntry[]): void => {
    for (const entry of entries) summaries.take(entry);
    shown += entries.length;
  };

  const ask = async (tab: Tab, frame: { action: string; [field: string]: unknown }) => {
    const attempt = (): Promise<Reply | undefined> =>
      tryToInvoke(lambda, (context) =>
        handleRoomAction(context, tab.requester, JSON.stringify({ room: ROOM, ...frame })),
      );
    if (dice.hits('invocationTwice')) clock.after(between(random, 0, 20_000), () => void attempt());
    const reply = await attempt();
    return dice.hits('socketReset') ? undefined : reply;
  };

  /** Reads what is above the cursor. */
  const sync = async (tab: Tab): Promise<void> => {
    for (let isMore = true; isMore; ) {
      const reply = await ask(tab, { action: 'getHistory', after: tab.cursor });
      if (reply?.type !== 'history') return;
      take(tab, reply.messages);
      tab.cursor = Math.max(tab.cursor, reply.messages.at(-1)?.seq ?? 0);
      isMore = reply.more;
    }
  };

  /** Sends a toggle until an entry has it; some clients end after the first attempt. */
  const operate = async (tab: Tab, toggle: Toggle): Promise<void> => {
    toggles.push(toggle);
    const givesUp = random() < 0.2;
    while (!erased.has(toggle.user)) {
      const { of, name, on, v } = toggle;
      const reply = await ask(tab, { action: 'react', of, name, on, v });
      if (reply?.type === 'ok' && 'k' in reply) {
        if (reply.v !== undefined) toggle.v = reply.v + 1;
        else if (await settles(tab, toggle, reply.k)) return;
      }
      if (givesUp) return void dice.count('gave up');
      if (reply?.type !== 'ok') await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
      dice.count('repeated');
    }
  };

  /** Waits for an entry that has the k-th change; what the client shows then has the toggle, or a later one. */
  const settles = async (tab: Tab, toggle: Toggle, k: number): Promise<boolean> => {
    for (let waited = 0; (tab.summaries.of(toggle.of)?.k ?? 0) < k; waited += 100) {
      if (waited >= UNSETTLED_MS) return false;
      await clock.wait(100);
    }
    toggle.isSettled = true;
    const isLatest = !toggles.some((other) => isSame(other, toggle) && other.v > toggle.v);
    const listed = tab.summaries.of(toggle.of)?.users[toggle.name] ?? [];
    const isOn = listed.some(({ id }) => id === toggle.user);
    if (isLatest && !isBurst && !erased.has(toggle.user) && isOn !== toggle.on)
      report('lost', `${JSON.stringify(toggle)} is settled by an entry that has it not`);
    return true;
  };

  const act = (tab: Tab): void => {
    const user = tab.requester.user.id;
    if (erased.has(user)) return;
    const wanted = { user, of: whole(random, 1, MESSAGES), name: pick(random, NAMES) };
    const own = toggles.filter((toggle) => isSame(toggle, wanted));
    const v = Math.round(clock.now() + tab.skewMs);
    void operate(tab, { ...wanted, on: !own.at(-1)?.on, v, isSettled: false });
  };

  for (let seq = 1; seq <= MESSAGES; seq++) {
    const from = { id: 'author', name: 'Author' };
    await stores.log.put(ROOM, {
      type: 'message',
      seq,
      id: `message-${seq}`,
      text: 'words',
      from,
      at: START,
    });
  }
  const open = async (user: (typeof users)[number], index: number): Promise<Tab> => {
    const requester = {
      id: `${user.id}-${index}`,
      user,
      expiresAt: START + 24 * HOUR_MS,
      permissions: '*:rw',
    };
    const charge = { bucket: 'syncs', now: START, costMs: 0, burstMs: 1 } as const;
    await stores.connections.open(requester, START + HOUR_MS);
    await stores.users.addConnection(user.id, requester.id, 9, START);
    await stores.connections.join(requester.id, ROOM, charge, START, 9);
    await stores.members.add({ ...requester, room: ROOM });
    const skewMs = random() < 0.3 ? between(random, -60_000, 60_000) : 0;
    const tab = { requester, summaries: createSummaries(), cursor: 0, skewMs };
    tabs.push(tab);
    return tab;
  };
  for (const user of users) for (let i = isBurst ? 1 : whole(random, 1, 2); i > 0; i--) await open(user, i);

  const ends = START + LASTS_MS;
  const burstAt = between(random, 0, LASTS_MS / 2);
  for (let i = whole(random, isBurst ? 40 : 8, isBurst ? 80 : 30); i > 0; i--)
    clock.after(isBurst ? burstAt + between(random, 0, 4_000) : between(random, 0, LASTS_MS), () =>
      act(pick(random, tabs)),
    );
  for (const tab of tabs) {
    const again = async (): Promise<void> => {
      await sync(tab);
      if (clock.now() < ends) clock.after(between(random, SYNC_MS.from, SYNC_MS.to), () => void again());
    };
    clock.after(between(random, 0, SYNC_MS.to), () => void again());
  }

  const erase = async (user: string): Promise<void> => {
    erased.add(user);
    for (let pass = 0; pass < 2; pass++) {
      let next: LogPosition | undefined;
      for (let isDone = false; !isDone; ) {
        const from = next;
        const erasures = createRecords(stores, 20);
        const page = await tryToInvoke(lambda, (context) => eraseUser({ ...context, erasures }, user, from));
        next = page ? page.next : from;
        isDone = page !== undefined && next === undefined;
        if (!page) await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
      }
      if (pass === 0) await clock.wait(SETTLE_MS);
    }
    dice.count('erased');
    const rows = JSON.stringify((stores.rows.get(ROOM) ?? []).slice(MESSAGES + 1));
    const held = (stores.rows.get(ROOM) ?? []).map(
      (row) => row?.entry.type === 'message' && row.entry.reactions,
    );
    const sets = [...stores.reacted.values()].some((each) => each.sets.has(user));
    if (sets || `${rows}${JSON.stringify(held)}`.includes(`"id":"${user}"`))
      report('kept', `${user} was erased and is named`);
  };
  if (random() < 0.3) clock.after(between(random, 10_000, 40_000), () => void erase(pick(random, users).id));

  await clock.runUntil(ends);
  dice.stop();
  await clock.runUntil(ends + HEALS_MS);

  const late = await open({ id: 'late', name: 'Late' }, 1);
  let isRead = false;
  clock.after(0, async () => {
    // The first page completes what a client that ended left; the entries of that are in the next one.
    for (const tab of [late, ...tabs]) await sync(tab);
    for (const tab of tabs) await sync(tab);
    isRead = true;
  });
  await clock.runUntil(ends + 2 * HEALS_MS);
  if (!isRead) report('stuck', 'the room could not be read to its end');

  const isOpen = (at: Pick<Toggle, 'user' | 'of' | 'name'>): boolean => {
    const own = toggles.filter((toggle) => isSame(toggle, at)).sort((a, b) => b.v - a.v);
    return own[0] !== undefined && !own[0].isSettled && !erased.has(at.user);
  };
  for (let of = 1; of <= MESSAGES; of++) {
    const { sets = new Map<string, StoredSet>() } = stores.reacted.get(`${ROOM}#${of}`) ?? {};
    const { k = 0, done = 0 } = stores.reacted.get(`${ROOM}#${of}`)?.counter ?? {};
    if (k > done) report('diverged', `of ${k} changes at ${of} the entries have ${done}`);
    for (const name of NAMES) {
      const on = [...sets].filter(([, set]) => namesOn(set).includes(name)).map(([user]) => user);
      const shownCounts = tabs.map(({ summaries }) => summaries.of(of)?.counts[name] ?? 0);
      // A client that ended may have written its set and counted nothing.
      const open = users.filter(({ id: user }) => isOpen({ user, of, name })).length;
      for (const has of shownCounts)
        if (Math.abs(has - on.length) > open || has !== shownCounts[0])
          report('diverged', `tabs show ${shownCounts} of ${on.length} ${name} at ${of}`);
    }
    for (const toggle of toggles.filter((each) => each.of === of && !erased.has(each.user))) {
      if (toggles.some((other) => isSame(other, toggle) && other.v >= toggle.v && other !== toggle)) continue;
      const set = sets.get(toggle.user);
      const isOn = set !== undefined && namesOn(set).includes(toggle.name);
      if (toggle.isSettled && isOn !== toggle.on)
        report('overtaken', `${JSON.stringify(toggle)} is the latest and does not hold`);
    }
  }

  const settled = toggles.filter(({ isSettled }) => isSettled).length;
  dice.count(isBurst ? 'burst' : 'sparse');
  return {
    ...{ seed, violations, sends: toggles.length, acknowledged: settled, shown },
    ...{ counts: dice.counts, slowestMs: 0, wholeMs: 0 },
  };
}

function isSame(a: Pick<Toggle, 'user' | 'of' | 'name'>, b: Pick<Toggle, 'user' | 'of' | 'name'>): boolean {
  return a.user === b.user && a.of === b.of && a.name === b.name;
}

/** Each fault off in half of the runs, else anything up to its worst; containers freeze often now and then. */
function drawRates(random: () => number): Rates {
  const rates = { ...CALM };
  for (const fault of Object.keys(WORST) as (keyof Rates)[])
    rates[fault] = random() < 0.5 ? 0 : WORST[fault] * random();
  if (random() < 0.5) rates.invocationFreezes = 0.15;
  return rates;
}
