import { EVERYWHERE } from '../../../lib/ports/banStore';
import { NOTIFY_EVERY_MS } from '../../../lib/push/notifyUser';
import { between, pick, seeded, whole } from '../random';
import type { Outcome } from '../totals';
import { createPushWorld, type Fault, NOTIFY_AFTER_MS, type Sent, START, VISIBILITY_MS } from './pushWorld';

/** What may be wrong with notifications. */
export type PushWrong = 'missed' | 'early' | 'read' | 'deleted' | 'tooOften' | 'forbidden' | 'unwanted';

const MINUTE_MS = 60_000;
/** A run may have read the log, the bans and the mark so long before it sends. */
const RUN_MS = 2_000;
const LASTS_MS = 10 * MINUTE_MS;
/** Each kill costs the time until its message comes again, and a minute at most. */
const HEALS_MS = 20 * (VISIBILITY_MS + NOTIFY_EVERY_MS);
const ROOMS = ['lobby', 'news', 'dm.two'];
const USERS = ['ada', 'bob', 'cyd', 'dan'];
const DIRECT = ['ada', 'bob'];

interface Written {
  room: string;
  seq: number;
  at: number;
  /** The users that the message concerns. */
  concerns: readonly string[];
  deletedAt?: number;
}

/** Runs users who write, read, delete and are banned, with functions that die at random; checks every notification. */
export async function simulatePush(
  seed: number,
): Promise<Omit<Outcome, 'violations'> & { violations: { kind: PushWrong; what: string }[] }> {
  const random = seeded(seed);
  const rate = pick(random, [0, 0.01, 0.05]);
  let isHealed = false;
  const fault = (): Fault =>
    isHealed || random() > rate ? undefined : pick(random, ['before', 'after'] as const);
  const world = createPushWorld(random, fault);
  const { clock, stores, sent } = world;
  const violations: { kind: PushWrong; what: string }[] = [];
  const report = (kind: PushWrong, what: string): void => void violations.push({ kind, what });
  const counts = new Map<string, number>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const written: Written[] = [];
  const bannedAt = new Map<string, number>();
  const levels = new Map<string, 'all' | 'mentions' | 'none'>();

  for (const user of USERS) {
    for (const device of ['phone', 'laptop'].slice(0, whole(random, 1, 2)))
      await world.subscribe(user, device);
    for (const room of ROOMS) {
      if (room === 'dm.two' && !DIRECT.includes(user)) continue;
      const isSet = room !== 'dm.two' && random() < 0.8;
      const level = isSet ? pick(random, ['all', 'all', 'mentions', 'none'] as const) : undefined;
      levels.set(`${user} ${room}`, level ?? (room === 'dm.two' ? 'all' : 'mentions'));
      await world.follow(
        user,
        room,
        level,
        DIRECT.find((each) => each !== user),
      );
      if (room === 'dm.two') await stores.memberships.add(user, { room, since: START });
    }
  }

  const marks = new Map<string, { seq: number; at: number }[]>();
  const readBy = (user: string, room: string, time: number): number =>
    Math.max(0, ...(marks.get(`${user} ${room}`) ?? []).filter(({ at }) => at <= time).map(({ seq }) => seq));
  const isLive = (room: string, seq: number): boolean => {
    const row = stores.rows.get(room)?.[seq];
    return row?.entry.type === 'message' && !row.deleted;
  };

  const write = async (room = pick(random, ROOMS)): Promise<void> => {
    const author = pick(random, room === 'dm.two' ? DIRECT : USERS);
    const mentioned = random() < 0.3 ? [pick(random, USERS)] : [];
    const at = clock.now();
    const seq = await world.write(room, author, mentioned);
    const concerns = USERS.filter((user) => {
      const level = levels.get(`${user} ${room}`);
      const isMention = mentioned.includes(user);
      return user !== author && (level === 'all' || (level === 'mentions' && isMention));
    });
    const message: Written = { room, seq, at, concerns };
    written.push(message);
    if (random() < 0.2) clock.after(between(random, 0, NOTIFY_AFTER_MS), () => void remove(message));
    // Messages come in bursts.
    if (random() < 0.5) clock.after(between(random, 0, 5_000), () => void write(room));
  };
  const read = async (): Promise<void> => {
    const [room, user] = [pick(random, ROOMS), pick(random, USERS)];
    const head = (stores.rows.get(room)?.length ?? 1) - 1;
    if (head < 1 || !levels.has(`${user} ${room}`)) return;
    const own = marks.get(`${user} ${room}`) ?? [];
    const seq = random() < 0.5 ? head : whole(random, 1, head);
    marks.set(`${user} ${room}`, [...own, { seq, at: clock.now() }]);
    await world.read(user, room, seq);
    count('read');
  };
  const remove = async (target: Written): Promise<void> => {
    if (!isLive(target.room, target.seq)) return;
    await world.remove(target.room, target.seq);
    target.deletedAt = clock.now();
    count('deletion');
  };
  const ban = async (): Promise<void> => {
    const user = pick(random, USERS);
    await stores.users.addBan(user, { room: EVERYWHERE, until: START + 100 * LASTS_MS }, clock.now());
    bannedAt.set(user, clock.now());
    count('ban');
  };

  const actions = [() => write(), () => write(), read];
  for (let i = whole(random, 10, 80); i > 0; i--)
    clock.after(between(random, 0, LASTS_MS), () => void pick(random, actions)());
  if (random() < 0.2) clock.after(between(random, 0, LASTS_MS), () => void ban());

  await clock.runUntil(START + LASTS_MS);
  isHealed = true;
  await clock.runUntil(START + LASTS_MS + HEALS_MS);

  for (const each of sent) expectNeeded(each);
  expectPaced();
  expectComplete();
  return {
    ...{ seed, sends: written.length, acknowledged: 0, shown: sent.length, wholeMs: 0, slowestMs: 0 },
    counts: counts.set('kill', world.kills()).set('notification', sent.length),
    violations,
  };

  /** A notification needs a message that concerns its user, has waited for its time, and was not read before. */
  function expectNeeded({ user, room, seq, at }: Sent): void {
    const own = written.filter(
      (each) => each.room === room && each.seq <= seq && each.concerns.includes(user),
    );
    const what = `${user} in ${room} up to ${seq}`;
    if (own.length === 0) report('unwanted', what);
    else if (own.every((each) => each.seq <= readBy(user, room, at - RUN_MS))) report('read', what);
    else if (own.every((each) => each.at + NOTIFY_AFTER_MS > at)) report('early', what);
    else if (own.every(({ deletedAt = at }) => deletedAt < at - RUN_MS)) report('deleted', what);
    if ((bannedAt.get(user) ?? Number.POSITIVE_INFINITY) < at - RUN_MS) report('forbidden', what);
  }

  function expectPaced(): void {
    const last = new Map<string, number>();
    for (const { endpoint, room, at } of sent) {
      const key = `${endpoint} ${room}`;
      if (at - (last.get(key) ?? 0) < NOTIFY_EVERY_MS - RUN_MS) report('tooOften', key);
      last.set(key, at);
    }
  }

  /** Who has not read a message that is still there was told of it afterwards. */
  function expectComplete(): void {
    for (const { room, seq, at, concerns } of written)
      for (const user of concerns) {
        if (bannedAt.has(user) || !isLive(room, seq) || readBy(user, room, Number.POSITIVE_INFINITY) >= seq)
          continue;
        const isTold = sent.some(
          (each) => each.user === user && each.room === room && each.seq >= seq && each.at > at,
        );
        if (!isTold) report('missed', `${user} of ${seq} in ${room}`);
      }
  }
}
