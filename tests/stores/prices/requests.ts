import { signGuestToken } from '../../../lib/auth/guestTokens';
import { issueGuestToken } from '../../../lib/http/guestTokenRoute';
import { signOutGuest } from '../../../lib/http/signOutRoute';
import type { Ack, User } from '../../../lib/protocol';
import { HOUR, NOW } from '../../unit/harness';
import { secretOf } from '../../unit/secretOf';
import { FILE, HEADERS, ROOM_ROUTES, request } from './http';
import {
  ann,
  ask,
  chargeUser,
  container,
  eve,
  FULL_ROOMS,
  fillLog,
  LONGEST_TEXT,
  open,
  opened,
  type Price,
  passSweep,
  rea,
  reaction,
  send,
  shake,
} from './scene';

const KEYS = { originSecret: secretOf(['secret']), guestKey: secretOf(['k'.repeat(32)]) };

const guest = (name: string) => signGuestToken(KEYS.guestKey, name, 1);

/** Makes a user a banned member of a private room. */
async function banMember(room: string): Promise<User> {
  const user = { id: `member-of-${room}`, name: 'Member' };
  await chargeUser(user);
  await opened.stores.roomSettings.change(room, { private: true });
  await opened.stores.memberships.add(user.id, { room, since: NOW });
  await opened.stores.users.addBan(user.id, { room, until: NOW + HOUR }, NOW);
  return user;
}

const BANNED_MEMBERS = ROOM_ROUTES.map(
  (entry): Price => ({
    ...{ frame: `\`${entry}\` of a banned member of a private room`, entry },
    reply: { code: 'forbidden' },
    async prepare() {
      const user = await banMember('closed');
      return () => request(entry, user, { room: 'closed' });
    },
  }),
);

export const REQUESTS: readonly Price[] = [
  ...BANNED_MEMBERS,
  {
    frame:
      '`POST /api/rooms/{room}/messages` of a banned member of a private room, where another user is muted',
    entry: 'POST /api/rooms/{room}/messages',
    reply: { code: 'forbidden' },
    async prepare() {
      const room = 'closed-muting';
      const user = await banMember(room);
      await opened.stores.roomSettings.noteMute(room, NOW + HOUR);
      return () => request('POST /api/rooms/{room}/messages', user, { room, permissions: '*:rw' });
    },
  },
  {
    frame: 'HTTP post, `after` 0, 2,430 messages of a kilobyte and 140 of the longest missed',
    entry: 'POST /api/rooms/{room}/messages',
    reply: { type: '409', code: 'behind' },
    async prepare() {
      await fillLog('usual', 1, 2_430, { text: 'x'.repeat(1_000) });
      await fillLog('usual', 2_431, 2_570);
      return () => request('POST /api/rooms/{room}/messages', ann, { room: 'usual' });
    },
  },
  {
    frame: 'HTTP `react`, the first to a short text in a room of 500',
    entry: 'POST /api/rooms/{room}/messages',
    reply: { type: '200' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const who = await open('member-16', undefined, ['hall']);
      const sent = await ask(who, { ...send(0, 'hello', 'short-three'), room: 'hall' });
      const { room, ...content } = reaction((sent as Ack).seq, { room: 'hall' });
      return () => request('POST /api/rooms/{room}/messages', rea, { room, content });
    },
  },
  {
    frame: 'HTTP `getReactions` of 500 users',
    entry: 'POST /api/rooms/{room}/messages',
    reply: { type: '200' },
    prepare: async () => () =>
      request('POST /api/rooms/{room}/messages', rea, { content: { action: 'getReactions', of: 600 } }),
  },
  {
    frame: 'form of an upload',
    entry: 'POST /api/rooms/{room}/uploads',
    reply: { type: '201' },
    prepare: async () => () => request('POST /api/rooms/{room}/uploads', ann),
  },
  {
    frame: 'address of a file of the longest text',
    entry: 'GET /api/rooms/{room}/files/{seq}/{id}',
    reply: { type: '302' },
    async prepare() {
      await opened.stores.log.put('files', {
        ...{
          type: 'message',
          seq: 1,
          id: 'message-1',
          text: LONGEST_TEXT,
          from: eve,
          at: NOW,
          files: [FILE],
        },
      });
      return () => request('GET /api/rooms/{room}/files/{seq}/{id}', ann);
    },
  },
  {
    frame: "renewal of a guest's token",
    entry: 'POST /api/token',
    reply: { type: '200' },
    async prepare() {
      const { token } = await guest('Renewing');
      const context = { ...KEYS, ...container(), bans: opened.stores.globalBans, guestDays: 1 };
      const body = JSON.stringify({ name: 'Renewing', token });
      return async () => ({ type: String((await issueGuestToken(context, HEADERS, body)).statusCode) });
    },
  },
  {
    frame: 'sign-out of a guest with 5 connections, one of them in 50 full rooms',
    entry: 'DELETE /api/token',
    reply: { type: '204' },
    async prepare() {
      const { token, user } = await guest('Leaving');
      for (let i = 0; i < 5; i++) await shake(`leaving-${i}`, user);
      await open('leaving-0', user, FULL_ROOMS);
      const headers = { ...HEADERS, authorization: `Bearer ${token}` };
      return async () => ({ type: String((await signOutGuest(KEYS, container(), headers)).statusCode) });
    },
  },
];
