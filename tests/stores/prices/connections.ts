import { handleRoomAction } from '../../../lib/actions/routes';
import { removeClosedConnection } from '../../../lib/connections/removeClosedConnections';
import { createCharge, SYNCS } from '../../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW } from '../../unit/harness';
import {
  ask,
  container,
  FULL_ROOMS,
  fiftyRooms,
  LONGEST_TEXT,
  mallory,
  open,
  opened,
  type Price,
  shake,
} from './scene';

const DRAFT = { of: 1, generation: 2, offset: 0, text: LONGEST_TEXT };

export const CONNECTIONS: readonly Price[] = [
  {
    frame: '`joinRoom` of the longest messages',
    entry: 'joinRoom',
    reply: { type: 'joined' },
    async prepare() {
      const who = await open('member-5');
      return () => ask(who, { action: 'joinRoom', room: 'full' });
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
      const who = await open('leaver-1', { id: 'leaver', name: 'Leaver' }, ['full']);
      return () => ask(who, { action: 'leaveRoom', room: 'full' });
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
    frame: 'any frame, refused, of a connection in 50 rooms with the longest names, each twice in its row',
    entry: 'ping',
    reply: { code: 'rateLimited' },
    async prepare() {
      const user = { id: 'crowded-in'.padEnd(128, '='), name: '🦄'.repeat(64) };
      const who = await open('crowded-in', user, FULL_ROOMS);
      const { connections } = opened.stores;
      for (const room of FULL_ROOMS) {
        const left = room.replace('room', 'left');
        await connections.leave(who.id, left, createCharge(SYNCS, NOW - HOUR, 0), NOW - 1);
        await connections.noteUntold(who.id, left);
        await connections.markLapsed(who.id, room, NOW);
      }
      for (const room of FULL_ROOMS.slice(0, 10)) await connections.requireBanCheck(who.id, [room]);
      await connections.renewLease(who.id, createCharge(SYNCS, NOW, SYNCS.burst), NOW + HOUR);
      return () => ask(who, { action: 'ping', rooms: fiftyRooms });
    },
  },
];
