import { publishAsOperator } from '../../../lib/actions/publishForBackEnd';
import { runFanOutJob } from '../../../lib/delivery/runFanOutJob';
import { relayWakes } from '../../../lib/events/relayWakes';
import { replayRoom } from '../../../lib/events/replayRoom';
import { removeUserEverywhere } from '../../../lib/moderation/removeUser';
import { eraseRoom, eraseUser } from '../../../lib/operator/eraseCommand';
import { readExportPage } from '../../../lib/operator/exportCommand';
import { listRooms } from '../../../lib/operator/listRooms';
import { findBans, findConnected, readUser } from '../../../lib/operator/readUsers';
import type { User } from '../../../lib/protocol';
import { createCharge, SYNCS } from '../../../lib/rateLimiting/tokenBucket';
import { HOUR, NOW, range } from '../../unit/harness';
import {
  ann,
  archive,
  ask,
  container,
  eve,
  FULL_ROOMS,
  fillLog,
  holdMessages,
  LONGEST_TEXT,
  open,
  openApart,
  opened,
  type Price,
  passSweep,
  requester,
  reviewWith,
  shake,
} from './scene';

const directory = () => ({
  ...{ directory: opened.stores.directory, users: opened.stores.users, leaseMs: 90_000 },
  clock: container().clock,
});

const LONGEST_USER = { id: 'reporter'.padEnd(128, 'x'), name: '🦄'.repeat(64) };

const reportMessage = (room: string, of: number, user: User) =>
  opened.stores.reports.add(
    room,
    { of, user, reason: '🦄'.repeat(200), at: NOW },
    { perMessage: 99, perUser: 99, until: NOW + HOUR },
  );

async function follow399Rooms(user: string): Promise<void> {
  for (const i of range(0, 398))
    await opened.stores.follows.add(user, { room: `followed-${i}`, since: NOW }, 500, NOW);
}

export const OPERATORS: readonly Price[] = [
  {
    frame: '`kick` of a user with 5 connections from a full room',
    entry: 'kick',
    reply: { type: 'ok' },
    async prepare() {
      const victim = { id: 'victim', name: 'Victim' };
      for (let i = 0; i < 5; i++) {
        await shake(`victim-${i}`, victim);
        await open(`victim-${i}`, victim, [FULL_ROOMS[1] ?? '']);
      }
      const moderator = await open('moderator-1', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'kick', room: FULL_ROOMS[1], user: victim.id });
    },
  },
  {
    frame: '`kick` of a user with 50 connections from a full room',
    entry: 'kick',
    reply: { type: 'ok' },
    async prepare() {
      const victim = { id: 'crowded', name: 'Crowded' };
      for (let i = 0; i < 50; i++) {
        await shake(`crowded-${i}`, victim, 50);
        await open(`crowded-${i}`, victim, [FULL_ROOMS[2] ?? '']);
      }
      const moderator = await open('moderator-3', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'kick', room: FULL_ROOMS[2], user: victim.id });
    },
  },
  {
    frame: '`unban`',
    entry: 'unban',
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('moderator-2', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'unban', room: 'full', user: 'nobody' });
    },
  },
  {
    frame: '`mute` of a user with 5 connections',
    entry: 'mute',
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('muter-5', { id: 'muter-5', name: 'Mo' });
      for (let i = 0; i < 5; i++) await shake(`loud-${i}`, { id: 'loud', name: 'Loud' });
      return () => ask(moderator, { action: 'mute', room: 'full', user: 'loud', forMs: 1_000 });
    },
  },
  {
    frame: '`setRoom` in a full room',
    entry: 'setRoom',
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('muter-6', { id: 'muter-6', name: 'Mo' });
      return () => ask(moderator, { action: 'setRoom', room: FULL_ROOMS[1], title: 'T'.repeat(64) });
    },
  },
  {
    frame: '`setRoom` that puts 500 connections out of a room that becomes private',
    entry: 'setRoom',
    reply: { type: 'ok' },
    async prepare() {
      await openApart();
      const moderator = await open('closer-1', { id: 'closer', name: 'Mo' });
      const { connections, members } = opened.stores;
      for (let i = 0; i < 500; i++) {
        const who = requester(`closed-${i}`.padEnd(16, '='), { id: `closed-${i}`, name: 'N'.repeat(64) });
        await connections.open(who, NOW + HOUR);
        await connections.join(who.id, 'closing', createCharge(SYNCS, NOW - HOUR, 0), NOW + HOUR, 50);
        await members.add({ ...who, room: 'closing' });
      }
      return () => ask(moderator, { action: 'setRoom', room: 'closing', private: true });
    },
  },
  {
    frame: '`addMember` of a user who follows 399 rooms, with 5 connections',
    entry: 'addMember',
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('adder-1', { id: 'adder', name: 'Mo' });
      for (let i = 0; i < 5; i++) await shake(`added-${i}`, { id: 'added', name: 'Added' });
      await follow399Rooms('added');
      return () => ask(moderator, { action: 'addMember', room: 'full', user: 'added' });
    },
  },
  {
    frame: '`openDirect` of two users who follow 399 rooms each, with 5 connections each',
    entry: 'openDirect',
    reply: { type: 'direct' },
    async prepare() {
      const pair = ['opener', 'met'].map((id) => ({ id, name: 'N'.repeat(64) }));
      for (const user of pair) {
        for (let i = 0; i < 5; i++) await shake(`${user.id}-${i}`, user);
        await follow399Rooms(user.id);
      }
      const opener = await open('opener-1', pair[0]);
      return () => ask(opener, { action: 'openDirect', user: 'met' });
    },
  },
  {
    frame: '`removeMember` of a user with 5 connections',
    entry: 'removeMember',
    reply: { type: 'ok' },
    async prepare() {
      const moderator = await open('adder-2', { id: 'adder', name: 'Mo' });
      for (let i = 0; i < 5; i++) await shake(`ousted-${i}`, { id: 'ousted', name: 'Ousted' });
      await opened.stores.memberships.add('ousted', { room: 'full', since: NOW });
      await opened.stores.follows.add('ousted', { room: 'full', since: NOW }, 500, NOW);
      return () => ask(moderator, { action: 'removeMember', room: 'full', user: 'ousted' });
    },
  },
  {
    frame: '`getBans` of a room with 60 mutes, a page',
    entry: 'getBans',
    reply: { type: 'bans' },
    async prepare() {
      const by = { id: 'm'.repeat(128), name: '🦄'.repeat(64) };
      for (let i = 0; i < 60; i++) {
        const user = { id: `muted-${i}`.padEnd(128, 'x'), name: '🦄'.repeat(64) };
        await opened.stores.restrictions.mute('mutes', { user, until: NOW + HOUR, by }, NOW);
      }
      const moderator = await open('muter-7', { id: 'muter-7', name: 'Mo' });
      return () => ask(moderator, { action: 'getBans', room: 'mutes' });
    },
  },
  {
    frame: '`getBans` of a room with 60 bans, a page',
    entry: 'getBans',
    reply: { type: 'bans' },
    async prepare() {
      const by = { id: 'm'.repeat(128), name: '🦄'.repeat(64) };
      for (let i = 0; i < 60; i++) {
        const user = `outlaw-${i}`.padEnd(128, 'x');
        await opened.stores.roomBans.add(user, 'full', NOW + HOUR);
        await opened.stores.users.addBan(user, { room: 'full', until: NOW + HOUR, by }, NOW);
      }
      const moderator = await open('moderator-3', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'getBans', room: 'full' });
    },
  },
  {
    frame: '`report` of the longest message with 19 other reports, by a user with 49',
    entry: 'report',
    reply: { type: 'ok' },
    async prepare() {
      for (const i of range(1, 49)) await reportMessage('elsewhere', i, LONGEST_USER);
      for (const i of range(1, 19)) await reportMessage('full', 600, { id: `reporter-${i}`, name: 'R' });
      const who = await open('reporter-1', LONGEST_USER, ['full']);
      return () => ask(who, { action: 'report', room: 'full', of: 600, reason: '🦄'.repeat(200) });
    },
  },
  {
    frame: '`getQueue` with 20 reports of the longest messages, a page',
    entry: 'getQueue',
    reply: { type: 'queue' },
    async prepare() {
      for (const i of range(1, 20)) await reportMessage('full', 560 + i, LONGEST_USER);
      const moderator = await open('moderator-6', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'getQueue', room: 'full' });
    },
  },
  {
    frame: '`resolveReports` of a message with 20 reports',
    entry: 'resolveReports',
    reply: { type: 'ok' },
    async prepare() {
      const name = '🦄'.repeat(64);
      for (const i of range(1, 20))
        await reportMessage('full', 590, { id: `reporter-${i}`.padEnd(128, 'x'), name });
      const moderator = await open('moderator-7', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'resolveReports', room: 'full', of: 590 });
    },
  },
  {
    frame: '`getQueue` with 10 held messages of the longest text, a page',
    entry: 'getQueue',
    reply: { type: 'queue' },
    async prepare() {
      await holdMessages('waiting', 10, LONGEST_USER);
      const moderator = await open('moderator-8', { id: 'moderator', name: 'Mo' });
      const review = reviewWith(undefined);
      return () => ask(moderator, { action: 'getQueue', room: 'waiting' }, { review });
    },
  },
  {
    frame: '`decide` to allow a message of the longest text, in a full room',
    entry: 'decide',
    reply: { type: 'ok' },
    async prepare() {
      await holdMessages('full', 1, { id: 'allowed', name: 'Allowed' });
      const { messages } = await opened.stores.held.readPage('full', undefined, 99, NOW);
      const { held } = messages.find(({ request }) => request.from.id === 'allowed') ?? {};
      const moderator = await open('moderator-9', { id: 'moderator', name: 'Mo' });
      const review = reviewWith(undefined);
      return () => ask(moderator, { action: 'decide', room: 'full', held, verdict: 'allow' }, { review });
    },
  },
  {
    frame: '`getMembers` of a full room, a page',
    entry: 'getMembers',
    reply: { type: 'members' },
    async prepare() {
      const moderator = await open('moderator-5', { id: 'moderator', name: 'Mo' });
      return () => ask(moderator, { action: 'getMembers', room: 'full' });
    },
  },
  {
    frame: 'operator: ban of a user with 5 connections, one of them in 50 full rooms',
    entry: 'operatorBan',
    reply: {},
    async prepare() {
      const outcast = { id: 'outcast', name: 'Outcast' };
      for (let i = 0; i < 5; i++) await shake(`outcast-${i}`, outcast);
      await open('outcast-0', outcast, FULL_ROOMS);
      return async () => {
        await removeUserEverywhere(container(), { user: outcast.id, until: NOW + HOUR });
        return { type: 'banned' };
      };
    },
  },
  {
    frame: 'operator: message in a room of 500, first attempt',
    entry: 'operatorPublish',
    reply: { type: 'ack' },
    async prepare() {
      await passSweep('hall', { text: 'hello' });
      const message = { action: 'sendMessage' as const, room: 'hall', id: 'operator-1', text: 'hello' };
      return () => publishAsOperator(container(), ann, message);
    },
  },
  {
    frame: 'operator: page of an export, of the longest messages',
    entry: 'operatorExport',
    reply: { type: 'exported' },
    prepare: async () => async () => {
      const { messages } = await readExportPage(container(), 'full');
      return { type: messages.length > 0 ? 'exported' : 'empty' };
    },
  },
  {
    frame: "operator: page of a room's erasure, of the longest messages",
    entry: 'operatorErase',
    reply: { type: 'erased 200' },
    async prepare() {
      await fillLog('erased', 1, 201);
      return async () => {
        const { erased } = await eraseRoom(archive(), 'erased');
        return { type: `erased ${erased}` };
      };
    },
  },
  {
    frame: "operator: erasure of a user's 25 longest messages in a table of 4 MB",
    entry: 'operatorErase',
    reply: { type: 'erased 25' },
    async prepare() {
      await openApart();
      const forgotten = { id: 'forgotten', name: 'Forgotten' };
      await fillLog('theirs', 1, 25, { from: forgotten });
      return async () => ({ type: `erased ${(await eraseUser(archive(), forgotten.id)).erased}` });
    },
  },
  {
    frame: 'operator: page of rooms, each with the longest message',
    entry: 'operatorRooms',
    reply: { type: 'listed' },
    async prepare() {
      await openApart();
      return async () => {
        const { rooms } = await listRooms({ rooms: opened.stores.rooms, clock: container().clock });
        return { type: rooms.length === 100 ? 'listed' : 'few' };
      };
    },
  },
  {
    frame: 'operator: a user with a connection in 50 rooms and 50 bans',
    entry: 'operatorUsers',
    reply: { type: 'read' },
    async prepare() {
      const known = { id: 'known', name: 'Known' };
      await shake('known-1', known);
      await open('known-1', known, FULL_ROOMS);
      for (const room of FULL_ROOMS)
        await opened.stores.users.addBan(known.id, { room, until: NOW + HOUR }, NOW);
      return async () => ({
        type: (await readUser(directory(), known.id)).devices.length > 0 ? 'read' : 'none',
      });
    },
  },
  {
    frame: 'operator: replay of a room that another replay takes back already',
    entry: 'operatorReplay',
    reply: { type: 'rewound' },
    async prepare() {
      const { cursors } = opened.stores;
      await cursors.claim('replayed', 'run-1', NOW + HOUR, NOW);
      await cursors.advance('replayed', 'run-1', 99);
      await cursors.rewind('replayed', 0);
      const wakes = { enqueue: async () => {} };
      return async () => ({
        type: await replayRoom({ cursors, wakes }, 'replayed', 1),
      });
    },
  },
  {
    frame: '`relay`: the next entry of a room, a short text',
    entry: 'relay',
    reply: { type: 'sent 2' },
    async prepare() {
      const { log, cursors, erasureNotes } = opened.stores;
      let sent = 0;
      const { clock, metrics } = container();
      const context = {
        ...{ log, cursors, erasureNotes, clock, metrics, random: Math.random, settings: { logId: 'log' } },
        sink: { send: async () => void sent++ },
        wakes: { enqueue: async () => {} },
      };
      const relay = () => relayWakes(context, [{ room: 'relayed' }], Number.POSITIVE_INFINITY);
      await fillLog('relayed', 1, 1, { text: 'Hello' });
      await relay();
      await fillLog('relayed', 2, 2, { text: 'Hello' });
      return async () => {
        await relay();
        return { type: `sent ${sent}` };
      };
    },
  },
  {
    frame: 'operator: search of connected users, a page',
    entry: 'operatorUsers',
    reply: { type: 'found' },
    async prepare() {
      await openApart();
      for (const n of range(1, 200)) await shake(`found-${n}`, { id: `found-${n}`, name: 'N'.repeat(64) });
      return async () => {
        const { found } = await findConnected(directory(), '');
        return { type: found.length >= 100 ? 'found' : 'few' };
      };
    },
  },
  {
    frame: 'operator: search of bans, a page',
    entry: 'operatorUsers',
    reply: { type: 'found' },
    async prepare() {
      await openApart();
      for (const n of range(1, 200))
        await opened.stores.users.addBan(`outlaw-${n}`, { room: '*', until: NOW + HOUR }, NOW);
      return async () => {
        const { found } = await findBans(directory(), '');
        return { type: found.length >= 100 ? 'found' : 'few' };
      };
    },
  },
  {
    frame: 'operator: search of connected users without a hit among 1,200',
    entry: 'operatorUsers',
    reply: { type: 'none' },
    async prepare() {
      await openApart();
      for (let i = 0; i < 1_200; i += 50)
        await Promise.all(
          range(i + 1, i + 50).map((n) =>
            opened.stores.connections.open(requester(`absent-${n}`), NOW + HOUR),
          ),
        );
      return async () => ({
        type: (await findConnected(directory(), 'zzz')).found.length === 0 ? 'none' : 'some',
      });
    },
  },
  {
    frame: 'operator: search of bans without a hit among 1,200',
    entry: 'operatorUsers',
    reply: { type: 'none' },
    async prepare() {
      await openApart();
      for (let i = 0; i < 1_200; i += 50)
        await Promise.all(
          range(i + 1, i + 50).map((n) =>
            opened.stores.users.addBan(`outlaw-${n}`, { room: '*', until: NOW + HOUR }, NOW),
          ),
        );
      return async () => ({
        type: (await findBans(directory(), 'zzz')).found.length === 0 ? 'none' : 'some',
      });
    },
  },
  {
    frame: '`fanOut`: message of the longest text to a room of 1,000',
    entry: 'fanOut',
    reply: { type: 'done' },
    async prepare() {
      for (let i = 0; i < 1_000; i += 50)
        await Promise.all(
          range(i + 1, i + 50).map((n) =>
            opened.stores.members.add({ ...requester(`seat-${n}`.padEnd(16, '=')), room: 'arena' }),
          ),
        );
      const message = { id: 'message-1', text: LONGEST_TEXT, from: eve, at: NOW };
      await opened.stores.log.put('arena', { type: 'message', seq: 1, ...message });
      return async () => {
        await runFanOutJob(container(), { room: 'arena', seq: 1 }, NOW + HOUR);
        return { type: 'done' };
      };
    },
  },
];
