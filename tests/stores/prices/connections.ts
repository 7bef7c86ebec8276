import { handleRoomAction } from '../../../lib/actions/routes';
import { removeClosedConnection } from '../../../lib/connections/removeClosedConnections';
import {
  createCharge,
  DRAFTS,
  SIGNALS,
  SYNCS,
  sendRate,
  TYPING,
} from '../../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW } from '../../unit/harness';
import {
  ask,
  container,
  FULL_ROOMS,
  fiftyRooms,
  fillDear,
  LONGEST_ROLE,
  LONGEST_TEXT,
  mallory,
  open,
  opened,
  type Price,
  requester,
  shake,
} from './scene';

const DRAFT = { of: 1, generation: 2, offset: 0, text: LONGEST_TEXT };

export const CONNECTIONS: readonly Price[] = [
  {
    frame: '`joinRoom` of a full private room in slow mode, with a mute, where ten leases ended',
    entry: 'joinRoom',
    reply: { type: 'joined', more: true, memberCount: 90 },
    async prepare() {
      const { members, connections, memberships, roomSettings } = opened.stores;
      const room = 'dear';
      await fillDear(room);
      await roomSettings.change(room, { private: true, slow: 30 });
      await roomSettings.noteMute(room, NOW + HOUR);
      const who = { ...(await open('joiner-1', { id: 'joiner', name: 'Joiner' })), permissions: '*:rw' };
      await memberships.add('joiner', { room, since: NOW });
      for (let i = 0; i < 99; i++) {
        const id = i < 89 ? `crowd-${i}`.padEnd(16, '=') : `lapsed-${i}`;
        const other = requester(id, { id, name: 'N'.repeat(64) });
        await members.add({ ...other, room });
        if (i < 89) continue;
        await connections.open(other, NOW - 1);
        await connections.join(id, room, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1, 50);
      }
      return () => ask(who, { action: 'joinRoom', room, after: 0 });
    },
  },
  {
    frame: '`joinRoom` of a former member of a private room, whose ban has ended',
    entry: 'joinRoom',
    reply: { code: 'forbidden' },
    async prepare() {
      const who = await open('former-1');
      await opened.stores.roomSettings.change('closed', { private: true });
      await opened.stores.connections.requireBanCheck(who.id, ['closed']);
      return () => ask(who, { action: 'joinRoom', room: 'closed' });
    },
  },
  {
    frame: 'handshake that is let in',
    entry: '$connect',
    reply: { type: 'opened' },
    prepare: async () => () => shake('new-1', { id: 'newcomer', name: 'New' }),
  },
  {
    frame: 'handshake of a banned user, with the reason told',
    entry: '$connect',
    reply: { type: 'banned' },
    prepare: async () => () => shake('new-2', mallory),
  },
  {
    frame: 'handshake above 5 connections, with the reason told',
    entry: '$connect',
    reply: { type: 'tooMany' },
    async prepare() {
      const many = { id: 'many', name: 'Many' };
      for (let i = 0; i < 5; i++) await shake(`many-${i}`, many);
      return () => shake('many-5', many);
    },
  },
  {
    frame: 'end of a connection in 50 full rooms',
    entry: '$disconnect',
    reply: {},
    async prepare() {
      const who = await open('gone-1', { id: 'gone', name: 'Gone' }, FULL_ROOMS);
      return async () => {
        await removeClosedConnection(container(), who.id);
        return { type: 'closed' };
      };
    },
  },
  {
    frame: '`leaveRoom` of a full room',
    entry: 'leaveRoom',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('leaver-1', { id: 'quitter', name: 'Quitter' }, [FULL_ROOMS[3] ?? '']);
      return () => ask(who, { action: 'leaveRoom', room: FULL_ROOMS[3] });
    },
  },
  {
    frame: '`signal` in a full room',
    entry: 'signal',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('signaller-1', { id: 'signaller', name: 'Signaller' }, [FULL_ROOMS[0] ?? '']);
      const data = { text: 'x'.repeat(1_000) };
      return () => ask(who, { action: 'signal', room: FULL_ROOMS[0], name: 'wave', data });
    },
  },
  {
    frame: '`draft` of the longest text in a full room',
    entry: 'draft',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('writer-1', { id: 'writer', name: 'Writer' }, [FULL_ROOMS[0] ?? '']);
      return () => ask(who, { action: 'draft', room: FULL_ROOMS[0], ...DRAFT });
    },
  },
  {
    frame: '`draft` that comes too late',
    entry: 'draft',
    reply: { code: 'conflict' },
    async prepare() {
      const who = await open('writer-2', { id: 'late', name: 'Late' }, [FULL_ROOMS[0] ?? '']);
      await ask(who, { action: 'draft', room: FULL_ROOMS[0], ...DRAFT });
      return () => ask(who, { action: 'draft', room: FULL_ROOMS[0], ...DRAFT, generation: 1 });
    },
  },
  {
    frame: '`getDraft` of the longest text',
    entry: 'getDraft',
    reply: { type: 'draft' },
    async prepare() {
      const who = await open('reader-1', { id: 'reader', name: 'Reader' }, [FULL_ROOMS[0] ?? '']);
      await ask(who, { action: 'draft', room: FULL_ROOMS[0], ...DRAFT });
      return () => ask(who, { action: 'getDraft', room: FULL_ROOMS[0], of: 1, user: 'reader' });
    },
  },
  {
    frame: '`typing` in a full room',
    entry: 'typing',
    reply: { type: 'ok' },
    async prepare() {
      const who = await open('typist-1', { id: 'typist', name: 'Typist' }, [FULL_ROOMS[0] ?? '']);
      return () => ask(who, { action: 'typing', room: FULL_ROOMS[0] });
    },
  },
  {
    frame: '`ping` with 50 rooms, behind the longest message in each',
    entry: 'ping',
    reply: { type: 'pong' },
    async prepare() {
      const who = await open('pinger-1', { id: 'pinger', name: 'Pinger' }, FULL_ROOMS);
      return () =>
        ask(who, { action: 'ping', rooms: Object.fromEntries(FULL_ROOMS.map((room) => [room, 0])) });
    },
  },
  {
    frame: 'frame of a flood, which closes the connection',
    entry: 'ping',
    reply: { code: 'rateLimited' },
    async prepare() {
      const who = await open('flooder-1', { id: 'flooder', name: 'Flooder' }, ['full']);
      const context = {
        ...container(),
        floodDetector: { countFrame: () => 'close' as const, countRefusal: () => 'fine' as const },
      };
      return () => handleRoomAction(context, who, '{}');
    },
  },
  {
    frame:
      'any frame, refused, if its connection is in 50 rooms with the longest names and its row is fullest',
    entry: 'ping',
    reply: { code: 'rateLimited' },
    async prepare() {
      const who = await openFullest('crowded-in');
      await opened.stores.connections.renewLease(
        who.id,
        createCharge(SYNCS, NOW, SYNCS.burst - 1),
        NOW + HOUR,
      );
      return () => ask(who, { action: 'ping', rooms: fiftyRooms });
    },
  },
  {
    frame: '`typing`, refused, of such a connection',
    entry: 'typing',
    reply: { code: 'notMember' },
    async prepare() {
      const who = await openFullest('crowded-out');
      return () => ask(who, { action: 'typing', room: `not-in-${FULL_ROOMS[0]}`.slice(0, 64) });
    },
  },
  {
    frame: '`joinRoom` of a 50th room with the longest name, with the fullest row, after 100 others',
    entry: 'joinRoom',
    reply: { type: 'joined' },
    async prepare() {
      const who = await openFullest('crowded-on', FULL_ROOMS.slice(1), 51);
      return () => ask(who, { action: 'joinRoom', room: FULL_ROOMS[0] });
    },
  },
];

/**
 * Opens a connection whose row is as long as it can be: it has visited rooms, is in others, leaves others, and has
 * notes about them.
 */
export async function openFullest(
  id: string,
  rooms: readonly string[] = FULL_ROOMS,
  visits = 0,
  rates = [TYPING, SIGNALS, DRAFTS, SYNCS, sendRate(7)],
) {
  const { connections } = opened.stores;
  const user = { id: id.padEnd(128, '='), name: '🦄'.repeat(64), role: LONGEST_ROLE };
  const who = { ...requester(id.padEnd(16, '='), user), session: 's'.repeat(36) };
  await connections.open(who, NOW - 1);
  for (let n = 0; n < visits; n++) {
    const visited = `visited-${n}`.padEnd(64, 'x');
    await connections.join(who.id, visited, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1, 50);
    await connections.leave(who.id, visited, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1);
    await connections.finishLeave(who.id, visited);
  }
  for (const room of rooms)
    await connections.join(who.id, room, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1, 50);
  for (const [i, room] of FULL_ROOMS.entries()) {
    const left = room.replace('room', 'left');
    await connections.join(who.id, left, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1, 51);
    await connections.leave(who.id, left, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1);
    if (i < 34) await connections.finishLeave(who.id, left);
    await connections.noteUntold(who.id, left);
    await connections.markLapsed(who.id, room, NOW);
  }
  for (const room of FULL_ROOMS.slice(0, 10)) await connections.requireBanCheck(who.id, [room]);
  for (const rate of rates)
    await connections.renewLease(who.id, createCharge(rate, NOW + 0.123456, 1 / 7), NOW + HOUR);
  return who;
}
