import type { Requester } from '../../../lib/auth/requester';
import { HOUR, NOW, range } from '../../unit/harness';
import { ask, FULL_ROOMS, fillDear, fillLog, open, opened, type Price, shake } from './scene';

/** A user who follows rooms, in each of which the newest entry has the longest text. */
async function follower(name: string, rooms: number): Promise<Requester> {
  const user = { id: name, name: 'F' };
  for (const room of FULL_ROOMS.slice(0, rooms))
    await opened.stores.follows.add(name, { room, since: NOW }, 500, NOW);
  for (let i = rooms; i < 499; i++)
    await opened.stores.follows.add(name, { room: `quiet-${i}`.padEnd(64, 'x'), since: NOW }, 500, NOW);
  for (let i = 0; i < 5; i++) await shake(`${name}-${i}`, user);
  return open(`${name}-0`, user);
}

/** A user with 5 connections who follows rooms that have lost a message above the mark. */
async function reader(name: string, rooms: readonly string[]): Promise<Requester> {
  for (const room of rooms) {
    await opened.stores.follows.add(name, { room, since: NOW }, 500, NOW);
    await opened.stores.gone.raise(room, 1);
  }
  for (let i = 0; i < 5; i++) await shake(`${name}-${i}`, { id: name, name: 'R' });
  return open(`${name}-0`, { id: name, name: 'R' });
}

export const READS: readonly Price[] = [
  {
    frame: '`follow` of the 500th room, with 5 connections',
    entry: 'follow',
    reply: { type: 'ok' },
    async prepare() {
      const who = await follower('follower', 0);
      return () => ask(who, { action: 'follow', room: 'full' });
    },
  },
  {
    frame: '`unfollow`, with 5 connections',
    entry: 'unfollow',
    reply: { type: 'ok' },
    async prepare() {
      const who = await follower('leaver', 1);
      return () => ask(who, { action: 'unfollow', room: FULL_ROOMS[0] });
    },
  },
  {
    frame: '`getRooms`, 25 rooms with the longest messages',
    entry: 'getRooms',
    reply: { type: 'rooms' },
    async prepare() {
      const who = await follower('lister', 50);
      return () => ask(who, { action: 'getRooms', from: 'r' });
    },
  },
  {
    frame: '`getRooms`, 25 rooms with the longest messages that lost one above the mark',
    entry: 'getRooms',
    reply: { type: 'rooms' },
    async prepare() {
      await fillLog('lost', 1, 5);
      const who = await reader('unread', ['lost', ...FULL_ROOMS.slice(0, 24)]);
      await opened.stores.gone.raise('lost', 5);
      return () => ask(who, { action: 'getRooms' });
    },
  },
  {
    frame: '`getRooms`, 25 rooms with 40 mentions in the longest messages',
    entry: 'getRooms',
    reply: { type: 'rooms' },
    async prepare() {
      const { follows, mentions } = opened.stores;
      for (const room of ['full', ...FULL_ROOMS.slice(0, 24)]) {
        await follows.add('mentioned', { room, since: NOW }, 500, NOW);
        for (const seq of range(1, 40)) await mentions.add('mentioned', room, seq, NOW);
      }
      const who = await open('mentioned-1', { id: 'mentioned', name: 'M' });
      return () => ask(who, { action: 'getRooms' });
    },
  },
  {
    frame: '`read` of a room with the longest messages that lost one above the mark, with 5 connections',
    entry: 'read',
    reply: { type: 'readMarked' },
    async prepare() {
      await fillLog('marked', 1, 20);
      const who = await reader('reader', ['marked']);
      await opened.stores.gone.raise('marked', 20);
      return () => ask(who, { action: 'read', room: 'marked', seq: 5, version: 0 });
    },
  },
  {
    frame: '`getReactions` of 500 users',
    entry: 'getReactions',
    reply: { type: 'reactions' },
    async prepare() {
      const who = await open('member-14', undefined, ['full']);
      await opened.stores.reactions.mark('full', 600);
      for (let i = 0; i < 500; i += 50)
        await Promise.all(
          Array.from({ length: 50 }, (_, n) =>
            opened.stores.reactions.toggle(
              {
                ...{ room: 'full', of: 600, name: '👏', on: true, v: 1 },
                user: { id: `user-${i + n}`, name: 'N' },
              },
              10,
            ),
          ),
        );
      return () => ask(who, { action: 'getReactions', room: 'full', of: 600 });
    },
  },
  {
    frame: '`getHistory` `around` a seq, of the longest messages',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-9', undefined, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', around: 300 });
    },
  },
  {
    frame: '`getHistory` `at` a time, of the longest messages',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-10', undefined, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', at: NOW - HOUR + 350 });
    },
  },
  {
    frame: '`getHistory` of the longest messages, above 700 that have expired',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      await fillLog('expired', 1, 700, { hasExpired: true });
      await fillLog('expired', 701, 750);
      const who = await open('expired-1', undefined, ['expired']);
      return () => ask(who, { action: 'getHistory', room: 'expired', after: 0 });
    },
  },
  {
    frame: '`getHistory` of the longest messages',
    entry: 'getHistory',
    reply: { type: 'history' },
    async prepare() {
      const who = await open('member-4', undefined, ['full']);
      return () => ask(who, { action: 'getHistory', room: 'full', after: 100 });
    },
  },
  {
    frame: '`getHistory` of 68 short messages with reactions, before the longest',
    entry: 'getHistory',
    reply: { type: 'history', more: true },
    async prepare() {
      await fillDear('dear');
      const who = await open('historian-1', undefined, ['dear']);
      return () => ask(who, { action: 'getHistory', room: 'dear', after: 0 });
    },
  },
];
