import type { MessageView, Room } from '../../../client/common/roomTypes';
import { deleteMessage, editMessage } from '../../../client/editing';
import { loadOlder } from '../../../client/history';
import { readExportPage } from '../../../lib/operator/exportCommand';
import type { Concern } from '../concern';
import type { Client } from '../fleet';
import { FROZEN_MS } from '../lambda';
import { between, pick, whole } from '../random';
import { findDifference, isExpired } from './compare';
import { expireRows } from './expiries';
import { eraseLeaver } from './leaver';
import { createToggles } from './toggles';

const NAMES = ['👏', '🎉', '❤️'];
/** The parts of sends, edits and deletions among what users do, one upon the other; the rest are reactions. */
const SHARES = {
  all: { sends: 0.4, edits: 0.62, deletions: 0.7 },
  edits: { sends: 0.2, edits: 0.62, deletions: 0.66 },
  reactions: { sends: 0.05, edits: 0.1, deletions: 0.1 },
};
/** A client that left a room returns after so long, in milliseconds. */
const ABSENT_MS = { from: 60_000, to: 200_000 };
const OPENS_AGAIN_MS = 15_000;
/** After the faults have stopped, everything is compared, then a client comes and pages down; in milliseconds. */
const COMPARED_MS = FROZEN_MS + 20_000;
/** Refusals that an operation may meet: its target is gone, of another user, or has had too many edits. */
const REFUSALS = ['gone', 'forbidden', 'tooMany', 'tooManyRooms', 'discarded', 'takenOver'];

/** Users edit, delete and react, in several tabs, while pages end, users are removed and rows expire. */
export const changes: Concern = (world) => {
  const { scenario, clock, random, dice, checker, stores, lambda, fleet, canaries } = world;
  const plan = scenario.changes;
  if (!plan || !canaries) return undefined;
  const began = clock.now();
  const toggles = createToggles(world);
  const absent = new Set<string>();
  const gone = new Set<string>();
  const diverged = new Set<string>();
  const followed = new Set<string>();
  let made = 0;

  const compare = (client: Client, name: string): void => {
    const { cursor, messages } = client.chat.room(name).snapshot;
    const key = `${client.name} ${name}`;
    if (cursor !== checker.head(name) || diverged.has(key)) return;
    const isLate = client.user.id === LATE.id;
    const difference = findDifference(messages, stores.rows.get(name) ?? [], clock.now(), { isLate });
    dice.count('compared while whole');
    if (!difference) return;
    diverged.add(key);
    checker.report('diverged', `${client.name} in ${name}: ${difference}`);
  };

  /** Compares a client whenever it is whole. */
  const enter = (client: Client, name: string): Room => {
    const room = fleet.enter(client, name);
    const key = `${client.name} ${name}`;
    if (!followed.has(key)) room.on('entry', () => compare(client, name));
    followed.add(key);
    return room;
  };

  const textOf = ({ user }: Client): string =>
    `canary-${user.id}-${made++}${plan.isWordy ? ` ${'words '.repeat(90)}` : ''}`;

  /** Words, which mention users now and then. */
  const wordsOf = (client: Client) => {
    const text = textOf(client);
    const others = fleet.clients.map(({ user }) => user.id).filter((id) => id !== client.user.id);
    const mentions = [...new Set(others)].filter((_user, i) => (made + i) % 3 === 0);
    return mentions.length > 0 ? { text, mentions } : { text };
  };

  /** Mostly the newest, so that changes of one message meet. */
  const pickNew = <T>(from: readonly T[]): T | undefined =>
    from[from.length - 1 - Math.floor(random() ** (plan.focus === 'edits' ? 6 : 2) * from.length)];

  const publish = (
    client: Client,
    name: string,
    act: (room: Room) => ReturnType<Room['send']>,
    refusals = REFUSALS,
  ): void => {
    // A ban does not decide what was sent before.
    const mayEndWith = (code: string) =>
      refusals.includes(code) || (code === 'outcomeUnknown' && gone.has(client.user.id));
    fleet.publish(client, name, act, mayEndWith).catch(() => {
      // What has failed would keep the edits that wait behind it.
      const { pending, pendingChanges } = client.chat.room(name).snapshot;
      for (const { id, state } of [...pending, ...pendingChanges])
        if (state === 'failed' || state === 'unknown') client.chat.room(name).discard(id);
    });
  };

  const send = (client: Client, name: string): void => {
    const words = wordsOf(client);
    if (client.chat.user) checker.said(client.user.id, name, words.text);
    publish(client, name, (room) => room.send(words));
  };

  /** Edits or deletes a message that is there; now and then one of another user. */
  const change = (client: Client, room: Room, what: 'edit' | 'delete'): void => {
    const { user } = client;
    const isAny = random() < 0.1 || (what === 'delete' && user.id === MODERATOR);
    const { messages } = room.snapshot;
    const target = pickNew(
      isAny ? messages : messages.filter(({ from, deleted }) => from.id === user.id && !deleted),
    );
    if (!target) return;
    apply(client, room, what, target);
    if (what === 'delete' && random() < 0.7) contest(room.name, target);
  };

  /** At the same time other tabs of the author edit or delete the message, and moderators delete it. */
  const contest = (name: string, target: MessageView): void => {
    for (const client of fleet.clients) {
      const isAuthor = client.user.id === target.from.id;
      if ((!isAuthor && client.user.id !== MODERATOR) || absent.has(`${client.name} ${name}`)) continue;
      const what = isAuthor && random() < 0.6 ? 'edit' : 'delete';
      dice.count('contest');
      clock.after(between(random, 0, 150), () => {
        if (fleet.clients.includes(client)) apply(client, enter(client, name), what, target);
      });
    }
  };

  const apply = (client: Client, room: Room, what: 'edit' | 'delete', { seq, from }: MessageView): void => {
    const { user } = client;
    dice.count(from.id === user.id ? what : `${what} of another's message`);
    publish(
      client,
      room.name,
      () => (what === 'edit' ? editMessage(room, seq, wordsOf(client)) : deleteMessage(room, seq)),
      // A client cannot tell this refusal from that of the room, which does not decide an earlier attempt.
      from.id === user.id ? REFUSALS : [...REFUSALS, 'outcomeUnknown'],
    );
  };

  const act = (): void => {
    if (fleet.clients.length === 0) return;
    const client = pick(random, fleet.clients);
    const name = pick(random, scenario.rooms);
    if (absent.has(`${client.name} ${name}`)) return;
    const room = enter(client, name);
    const { messages, hasOlder } = room.snapshot;
    const drawn = random();
    const { sends, edits, deletions } = SHARES[plan.focus];
    if (hasOlder && random() < 0.2) goBack(client, name);
    else if (messages.length < 2 || drawn < sends) send(client, name);
    else if (drawn < edits) edit(client, room);
    else if (drawn < deletions) change(client, room, 'delete');
    else react(client, room);
  };

  /** Edits a message, or one that is on its way. */
  const edit = (client: Client, room: Room): void => {
    const waiting = room.snapshot.pending.filter(({ state }) => state === 'pending').at(-1);
    if (waiting && random() < 0.3) {
      dice.count('edit of what is not acknowledged');
      publish(client, room.name, () => editMessage(room, waiting.id, wordsOf(client)));
    } else change(client, room, 'edit');
  };

  const react = (client: Client, room: Room): void => {
    const there = room.snapshot.messages.filter(({ deleted }) => !deleted);
    const of = plan.focus === 'reactions' ? there[whole(random, 0, 1)]?.seq : pickNew(there)?.seq;
    if (of === undefined) return;
    dice.count('react');
    toggles.toggle(client, room.name, of, pick(random, NAMES));
  };

  /** While the page is on its way, others change what may be on it. */
  const goBack = (client: Client, name: string): void => {
    dice.count('older page');
    const [first] = client.chat.room(name).snapshot.messages;
    const below = (stores.rows.get(name) ?? []).slice(0, first?.seq).slice(-20);
    for (let i = 0; i < 6; i++) {
      const entry = below[whole(random, 0, below.length - 1)]?.entry;
      const author = fleet.clients.find(({ user }) => entry?.type === 'message' && entry.from.id === user.id);
      if (entry?.type !== 'message' || !author || absent.has(`${author.name} ${name}`)) continue;
      clock.after(between(random, 0, 1_500), () => {
        if (fleet.clients.includes(author)) apply(author, enter(author, name), 'edit', entry);
      });
    }
    loadOlder(client.chat.room(name)).then(
      () => compare(client, name),
      () => {},
    );
  };

  const removed = new Set<string>();
  const leaveAWhile = (): void => {
    if (fleet.clients.length === 0) return;
    const client = pick(random, fleet.clients);
    const name = pick(random, scenario.rooms);
    const key = `${client.name} ${name}`;
    dice.count('absence');
    absent.add(key);
    client.chat.room(name).leave();
    const latest = began + scenario.lastsMs - clock.now();
    clock.after(Math.min(latest, between(random, ABSENT_MS.from, ABSENT_MS.to)), () => {
      absent.delete(key);
      if (random() < 0.5) expireRows(world, removed);
      if (fleet.clients.includes(client))
        enter(client, name)
          .join()
          .catch(() => {});
    });
  };

  const replacePage = (): void => {
    if (fleet.clients.length === 0) return;
    const client = pick(random, fleet.clients);
    const crashes = random() < 0.7;
    dice.count(crashes ? 'page crashed' : 'page closed');
    if (crashes) fleet.crash(client);
    else fleet.close(client);
    clock.after(between(random, 0, OPENS_AGAIN_MS), () => {
      if (gone.has(client.user.id)) return;
      const next = fleet.start(client.user, client.device);
      for (const name of client.asked) enter(next, name);
    });
  };

  const exportRoom = async (): Promise<void> => {
    const room = pick(random, scenario.rooms);
    dice.count('log exported');
    await lambda.invoke(
      async (context) => ({ room, ...(await readExportPage(context, room)) }),
      () => {},
    );
  };

  const plans = (count: number, from: number, to: number, run: () => void): void => {
    for (let i = 0; i < count; i++)
      clock.after(between(random, from * scenario.lastsMs, to * scenario.lastsMs), run);
  };
  for (const { device } of fleet.clients)
    if (random() < 0.3) device.clockErrorMs = between(random, 0, 60_000);
  for (const client of fleet.clients)
    for (const name of scenario.rooms)
      clock.after(between(random, 0, random() < 0.7 ? 5_000 : scenario.lastsMs / 2), () => {
        if (fleet.clients.includes(client)) enter(client, name);
      });
  plans(plan.operations, 0, 1, act);
  plans(plan.absences, 0.1, 0.5, leaveAWhile);
  plans(plan.pages, 0.1, 0.9, replacePage);
  plans(plan.exports, 0, 1, () => void exportRoom().catch(() => {}));
  plans(plan.expiries, 0.45, 1, () => expireRows(world, removed));
  if (plan.hasLeaver)
    clock.after(between(random, 20_000, 80_000), () => {
      const leavers = fleet.clients
        .map(({ user }) => user.id)
        .filter((user) => user !== MODERATOR && !world.underOrder.has(user));
      if (leavers.length === 0) return;
      const user = pick(random, leavers);
      gone.add(user);
      world.underOrder.add(user);
      void eraseLeaver(world, user);
    });

  clock.after(scenario.lastsMs + COMPARED_MS, () => {
    for (const client of fleet.clients) for (const name of client.asked) compare(client, name);
    toggles.check((user) => gone.has(user));
    const late = fleet.start(LATE);
    for (const name of scenario.rooms)
      enter(late, name)
        .join()
        .then(async () => {
          while (await loadOlder(late.chat.room(name)));
        })
        .catch((error) => checker.report('stuck', `a late client could not page down: ${error}`));
  });

  return () => {
    for (const client of fleet.clients) for (const name of client.asked) compare(client, name);
    toggles.check((user) => gone.has(user));
    for (const [room, rows] of stores.rows)
      for (const [seq, row] of rows.entries()) {
        if (row && removed.has(`${room}/${seq}`)) checker.report('revived', `${room}/${seq} had expired`);
        if (row?.isPending) checker.report('kept', `the change ${room}/${seq} is still pending`);
        if (row?.entry.type !== 'message' || row.erased || isExpired(row, clock.now())) continue;
        const wrong = canaries.wrongRow(room, row);
        if (wrong) checker.report('diverged', `${room}/${seq}: ${wrong}`);
      }
  };
};

/** The user that may delete what others wrote. */
export const MODERATOR = 'u0';
const LATE = { id: 'late', name: 'Late' };
