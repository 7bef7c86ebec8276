import type { Requester } from '../../../lib/auth/requester';
import type { Charge } from '../../../lib/ports/tokenBucketCharge';
import type { Action, BackEndRequest, User } from '../../../lib/protocol';
import { JOINS } from '../../../lib/rateLimiting/joinQuota';
import {
  createCharge,
  DRAFTS,
  type Rate,
  SIGNALS,
  SYNCS,
  sendRate,
  TYPING,
} from '../../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW } from '../../unit/harness';
import { openFullest } from './connections';
import { ROOM_ROUTES, type RoomRoute, request } from './http';
import {
  ask,
  chargeUser,
  FULL_ROOMS,
  fiftyRooms,
  LITTLE,
  LONGEST_TEXT,
  mallory,
  open,
  opened,
  openRested,
  type Price,
  reaction,
  requester,
  send,
} from './scene';

/** A frame of an action, and what can refuse it. */
interface RefusedAction {
  bucket: 'sends' | 'syncs' | 'typing' | 'signals' | 'drafts';
  /** The bucket of the user that the frame takes a token of, besides that of the connection. */
  userBucket?: 'sends' | 'joins';
  needs: readonly ('right' | 'membership')[];
  fields: object;
}

const RATES = { sends: sendRate(5), syncs: SYNCS, typing: TYPING, signals: SIGNALS, drafts: DRAFTS };
const USER_RATES = { sends: sendRate(10), joins: JOINS };

const MEMBERS = ['right', 'membership'] as const;
const MODERATORS = ['right'] as const;
const { text: _, ...deletion } = send(0);
const HELD_KEY = `${'0'.repeat(16)}#${'h'.repeat(43)}#${'h'.repeat(43)}`;

const ACTIONS: Record<Action, RefusedAction> = {
  sendMessage: { bucket: 'sends', userBucket: 'sends', needs: MEMBERS, fields: send(0) },
  editMessage: { bucket: 'sends', userBucket: 'sends', needs: MEMBERS, fields: { ...send(0), of: 1 } },
  deleteMessage: { bucket: 'sends', userBucket: 'sends', needs: MEMBERS, fields: { ...deletion, of: 1 } },
  react: { bucket: 'sends', userBucket: 'sends', needs: MEMBERS, fields: reaction(1) },
  getReactions: { bucket: 'syncs', needs: MEMBERS, fields: { of: 600 } },
  joinRoom: { bucket: 'syncs', userBucket: 'joins', needs: ['right'], fields: {} },
  leaveRoom: { bucket: 'syncs', userBucket: 'joins', needs: [], fields: {} },
  getHistory: { bucket: 'syncs', needs: MEMBERS, fields: {} },
  typing: { bucket: 'typing', needs: MEMBERS, fields: {} },
  signal: { bucket: 'signals', needs: MEMBERS, fields: { name: 'wave' } },
  draft: {
    bucket: 'drafts',
    needs: MEMBERS,
    fields: { of: 1, generation: 1, offset: 0, text: LONGEST_TEXT },
  },
  getDraft: { bucket: 'syncs', needs: MEMBERS, fields: { of: 1, user: 'ann' } },
  ping: { bucket: 'syncs', needs: [], fields: { rooms: fiftyRooms } },
  kick: { bucket: 'syncs', needs: MODERATORS, fields: { user: 'ann' } },
  unban: { bucket: 'syncs', needs: MODERATORS, fields: { user: 'ann' } },
  mute: { bucket: 'syncs', needs: MODERATORS, fields: { user: 'ann', forMs: 1_000 } },
  setRoom: { bucket: 'syncs', needs: MODERATORS, fields: { title: 'T' } },
  addMember: { bucket: 'syncs', needs: MODERATORS, fields: { user: 'ann' } },
  removeMember: { bucket: 'syncs', needs: [], fields: { user: 'ann' } },
  openDirect: { bucket: 'syncs', needs: ['right'], fields: { user: 'ann' } },
  getBans: { bucket: 'syncs', needs: MODERATORS, fields: {} },
  getMembers: { bucket: 'syncs', needs: MODERATORS, fields: {} },
  report: { bucket: 'syncs', needs: MEMBERS, fields: { of: 600 } },
  getQueue: { bucket: 'syncs', needs: MODERATORS, fields: {} },
  resolveReports: { bucket: 'syncs', needs: MODERATORS, fields: { of: 600 } },
  decide: { bucket: 'syncs', needs: MODERATORS, fields: { held: HELD_KEY, verdict: 'allow' } },
  follow: { bucket: 'syncs', needs: ['right'], fields: {} },
  unfollow: { bucket: 'syncs', needs: [], fields: {} },
  getRooms: { bucket: 'syncs', needs: [], fields: {} },
  read: { bucket: 'syncs', needs: ['right'], fields: { seq: 1, version: 0 } },
};

/** A frame that is refused for its user's rights, its connection's membership, or a rate. */
export interface RefusedPrice extends Price {
  why: string;
}

let made = 0;
const newcomer = () => ({ id: `refused-${++made}`, name: 'Refused' });

/** A user who has just sent something by HTTP. */
const active = async () => {
  const user = newcomer();
  await chargeUser(user);
  return user;
};

/** Takes nearly all that a user's bucket holds. */
const exhaust = ({ id }: User, bucket: keyof typeof USER_RATES) => {
  const rate = USER_RATES[bucket];
  return opened.stores.sendQuotas.charge(id, createCharge(rate, NOW, rate.burst - LITTLE));
};

/** Opens a connection of a user of its own in some rooms. */
type Opener = (rooms: readonly string[]) => Promise<Requester>;

const busy: Opener = (rooms) => {
  const user = newcomer();
  return open(`${user.id}-connection`, user, rooms);
};

const rested: Opener = (rooms) => {
  const user = newcomer();
  return openRested(requester(`${user.id}-connection`, user), rooms);
};

const fullest =
  (rates?: Rate[]): Opener =>
  (rooms) =>
    openFullest(`fullest-${++made}`, [...rooms, ...FULL_ROOMS].slice(0, 49), 0, rates);

/** What a write of the connection's row costs, and what its bucket holds, by the words that a row of the test says. */
const OPENERS: Record<string, { opener: Opener; of?: readonly Action[] }> = {
  '': { opener: busy },
  ', after a pause': { opener: rested },
  ', in 49 rooms': { opener: fullest(), of: ['sendMessage', 'typing', 'joinRoom', 'leaveRoom', 'kick'] },
  ', in 49 rooms after a pause': { opener: fullest([]), of: ['sendMessage', 'typing'] },
};

function refusalsOf(action: Action, opener: Opener): RefusedPrice[] {
  const { bucket, userBucket, needs, fields } = ACTIONS[action];
  const isOfRoom = !['ping', 'getRooms', 'openDirect'].includes(action);
  const frame = { ...(isOfRoom && { room: 'full' }), ...fields, action };
  const row = { frame: `\`${action}\``, entry: action };
  const rows: RefusedPrice[] = [
    {
      ...{ ...row, why: 'closed connection', reply: { code: 'expired' } },
      prepare: async () => () => ask(requester(`closed-${++made}`, newcomer()), frame),
    },
    {
      ...{ ...row, why: 'rate of the connection', reply: { code: 'rateLimited' } },
      async prepare() {
        const who = await opener(['full']);
        const { burst } = RATES[bucket];
        const charge = createCharge(RATES[bucket], NOW, burst - 0.5);
        await opened.stores.connections.renewLease(who.id, charge, NOW + HOUR);
        return () => ask(who, frame);
      },
    },
  ];
  if (needs.includes('right'))
    rows.push({
      ...{ ...row, why: 'no right', reply: { code: 'forbidden' } },
      async prepare() {
        const who = { ...(await opener(['full'])), permissions: 'elsewhere:rwm' };
        return () => ask(who, frame);
      },
    });
  if (needs.includes('membership'))
    rows.push({
      ...{ ...row, why: 'no member', reply: { code: 'notMember' } },
      async prepare() {
        const who = await opener([]);
        return () => ask(who, frame);
      },
    });
  if (userBucket)
    rows.push(
      {
        ...{ ...row, why: 'rate of the user', reply: { code: 'rateLimited' } },
        async prepare() {
          const who = await opener(['full']);
          await exhaust(who.user, userBucket);
          return () => ask(who, frame);
        },
      },
      {
        ...{ ...row, why: 'debt of the user', reply: { code: 'rateLimited' } },
        async prepare() {
          const who = await opener(['full']);
          await opened.stores.sendQuotas.chargeUnits(who.user.id, { now: NOW, costMs: 100_000 });
          return () => ask(who, frame);
        },
      },
    );
  if (needs === MEMBERS && bucket !== 'syncs' && action !== 'deleteMessage')
    rows.push(...refusedByRules(row, frame, opener, userBucket !== undefined));
  if (isOfRoom && needs.includes('right') && !needs.includes('membership'))
    rows.push({
      ...{ ...row, why: 'private room', reply: { code: 'forbidden' } },
      async prepare() {
        await opened.stores.roomSettings.change('private', { private: true });
        const who = await opener([]);
        return () => ask(who, { ...frame, room: 'private' });
      },
    });
  if (action === 'joinRoom')
    rows.push({
      ...{ ...row, why: 'ban', reply: { code: 'forbidden' } },
      async prepare() {
        const who = await opener([]);
        await opened.stores.users.addBan(who.user.id, { room: 'full', until: NOW + HOUR }, NOW);
        await opened.stores.connections.requireBanCheck(who.id, ['full']);
        return () => ask(who, frame);
      },
    });
  return rows;
}

/** What the rules of a room refuse, in rooms of their own: a mute is read, and so is a turn of slow mode. */
function refusedByRules(
  row: Pick<RefusedPrice, 'frame' | 'entry'>,
  frame: { action: string },
  opener: Opener,
  hasUserBucket: boolean,
): RefusedPrice[] {
  const inRoom = async (room: string) => {
    const who = await opener([room]);
    return { user: who.user, act: () => ask({ ...who, permissions: '*:rw' }, { ...frame, room }) };
  };
  const rows: RefusedPrice[] = [
    {
      ...{ ...row, why: 'read-only room', reply: { code: 'readOnly' } },
      async prepare() {
        await opened.stores.roomSettings.change('read-only', { readOnly: true });
        return (await inRoom('read-only')).act;
      },
    },
    {
      ...{ ...row, why: 'mute', reply: { code: 'muted' } },
      async prepare() {
        const { user, act } = await inRoom('muting');
        await opened.stores.restrictions.mute('muting', { user, until: NOW + HOUR }, NOW);
        await opened.stores.roomSettings.noteMute('muting', NOW + HOUR);
        return act;
      },
    },
  ];
  if (hasUserBucket)
    rows.push({
      ...{ ...row, why: 'rate of the user, where another user is muted', reply: { code: 'rateLimited' } },
      async prepare() {
        const { user, act } = await inRoom('muting');
        await opened.stores.roomSettings.noteMute('muting', NOW + HOUR);
        await exhaust(user, 'sends');
        return act;
      },
    });
  if (frame.action !== 'sendMessage') return rows;
  return [
    ...rows,
    {
      ...{ ...row, why: 'slow mode', reply: { code: 'rateLimited', until: NOW + HOUR } },
      async prepare() {
        const { user, act } = await inRoom('slow');
        await opened.stores.roomSettings.change('slow', { slow: 30 });
        const turn = { id: 'another-id', after: 0, head: 0, now: NOW, nextAt: NOW + HOUR };
        await opened.stores.restrictions.takeTurn(user.id, 'slow', turn);
        return act;
      },
    },
  ];
}

const { room: __, ...reacted } = reaction(1);
const POSTED = { id: 'http-own-id', after: 0 };

const BACK_END_ACTIONS: Record<BackEndRequest['action'], object> = {
  sendMessage: { ...POSTED, text: 'hello' },
  editMessage: { ...POSTED, text: 'hello', of: 1, action: 'editMessage' },
  deleteMessage: { ...POSTED, of: 1, action: 'deleteMessage' },
  react: reacted,
  getReactions: { of: 600, action: 'getReactions' },
};

const POSTS: RoomRoute = 'POST /api/rooms/{room}/messages';
const HTTP_REQUESTS: readonly { frame: string; route: RoomRoute; content?: object }[] = [
  ...Object.entries(BACK_END_ACTIONS).map(([action, content]) => ({
    ...{ frame: `HTTP \`${action}\``, route: POSTS, content },
  })),
  ...ROOM_ROUTES.filter((route) => route !== POSTS).map((route) => ({ frame: `\`${route}\``, route })),
];

function mutedByHttp(row: Pick<RefusedPrice, 'frame' | 'entry'>, sent: { content?: object }): RefusedPrice {
  return {
    ...{ ...row, why: 'mute', reply: { code: 'muted' } },
    async prepare() {
      const user = await active();
      await opened.stores.restrictions.mute('muting', { user, until: NOW + HOUR }, NOW);
      await opened.stores.roomSettings.noteMute('muting', NOW + HOUR);
      return () => request(POSTS, user, { ...sent, permissions: '*:rw', room: 'muting' });
    },
  };
}

const HTTP_REFUSALS: RefusedPrice[] = HTTP_REQUESTS.flatMap(({ frame, route, ...sent }): RefusedPrice[] => {
  const row = { frame, entry: route };
  const limited = (why: string, prevent: (user: User) => Promise<unknown>): RefusedPrice => ({
    ...{ ...row, why, reply: { code: 'rateLimited' } },
    async prepare() {
      const user = await active();
      await prevent(user);
      return () => request(route, user, sent);
    },
  });
  const writes = route === POSTS && !/getReactions|deleteMessage/.test(frame);
  const rows: RefusedPrice[] = [
    ...(writes ? [mutedByHttp(row, sent)] : []),
    {
      ...{ ...row, why: 'private room', reply: { code: 'forbidden' } },
      async prepare() {
        await opened.stores.roomSettings.change('private', { private: true });
        const user = await active();
        return () => request(route, user, { ...sent, room: 'private' });
      },
    },
    {
      ...{ ...row, why: 'no right', reply: { code: 'forbidden' } },
      prepare: async () => () => request(route, newcomer(), { ...sent, permissions: 'elsewhere:rwm' }),
    },
    {
      ...{ ...row, why: 'ban', reply: { code: 'forbidden' } },
      prepare: async () => () => request(route, mallory, sent),
    },
  ];
  // A file's address takes no token: its user pays for the units.
  if (route.startsWith('GET')) return rows;
  if (route.endsWith('/uploads'))
    rows.push({
      ...{ ...row, why: 'quota of a day', reply: { code: 'tooMany' } },
      async prepare() {
        const user = await active();
        const charge: Charge = { bucket: 'uploads', now: NOW, costMs: 24 * HOUR, burstMs: 24 * HOUR };
        await opened.stores.uploadQuotas.charge(user.id, charge);
        return () => request(route, user, sent);
      },
    });
  return [
    ...rows,
    limited('rate of the user', (user) => exhaust(user, 'sends')),
    limited('debt of the user', ({ id }) =>
      opened.stores.sendQuotas.chargeUnits(id, { now: NOW, costMs: 100_000 }),
    ),
  ];
});

export const REFUSALS: readonly RefusedPrice[] = [
  ...Object.entries(OPENERS).flatMap(([words, { opener, of = Object.keys(ACTIONS) as Action[] }]) =>
    of.flatMap((action) => refusalsOf(action, opener)).map((row) => ({ ...row, why: row.why + words })),
  ),
  ...HTTP_REFUSALS,
];
