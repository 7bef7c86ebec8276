import { react } from '../../lib/actions/react';
import { sendMessage } from '../../lib/actions/sendMessage';
import type { Requester } from '../../lib/auth/requester';
import { createSlowReaders } from '../../lib/fanOut/slowReaders';
import { readAfter } from '../../lib/log/readPage';
import { createRecentLogCache } from '../../lib/log/recentLogCache';
import { createRoomRulesCache } from '../../lib/moderation/roomRules';
import { type ErasureContext, eraseRoom, eraseUser } from '../../lib/operator/eraseCommand';
import { readExportPage } from '../../lib/operator/exportCommand';
import type { PublishContext, ReactionContext, SendQuotaContext } from '../../lib/ports/contexts';
import type { StoredEntry } from '../../lib/ports/logStore';
import type { User } from '../../lib/protocol';
import { createFloodDetector } from '../../lib/rateLimiting/floodDetector';
import { createRetryAfterCache } from '../../lib/rateLimiting/retryAfterCache';
import { createInvocationMetrics } from '../../lib/telemetry/invocationMetrics';
import { describeOnEngine, type Opened } from './describeOnEngine';
import { type Engine, PATIENCE_MS } from './engines';

jest.setTimeout(PATIENCE_MS);

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const ann = { id: 'oidc|ann@example.com', name: 'Ann Example', role: 'Examiner' };
const bob = { id: 'oidc|bob', name: 'Bob' };

/** What an erasure takes and leaves, and what an export gives, on any database. */
export function describeErasure(start: () => Promise<Engine>): void {
  describeOnEngine('erasure and export', start, (ofTest) => {
    let opened: Opened;
    let archive: ErasureContext;
    let now = NOW;

    beforeEach(() => {
      opened = ofTest();
      now = NOW;
      archive = {
        ...opened.stores,
        clock: { now: () => now, wait: async () => {} },
        recentLogs: createRecentLogCache(),
        metrics: createInvocationMetrics(),
        random: Math.random,
        settings: {},
      };
    });

    const write = async (room: string, from: User, seqs: readonly number[]) => {
      const put = (seq: number) =>
        archive.log.put(room, {
          type: 'message',
          seq,
          id: `message-${seq}`,
          text: `Text ${seq}`,
          from,
          at: NOW,
        });
      await Promise.all(seqs.map(put));
    };

    /** Everything the table holds, as the database has it. */
    const stored = async (): Promise<string> => {
      const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
      const { Items } = await opened.database.send(
        new ScanCommand({ TableName: opened.tables.names.messages }),
      );
      return JSON.stringify(Items);
    };

    /** The core as the functions have it, on this engine. */
    const publisher = (): PublishContext & ReactionContext & SendQuotaContext => ({
      ...opened.stores,
      clock: archive.clock,
      recentLogs: createRecentLogCache(),
      rulesCache: createRoomRulesCache(),
      slowReaders: createSlowReaders(),
      retryAfterCache: createRetryAfterCache(),
      unitQuota: { debtMs: () => 0, pay: async () => {} },
      floodDetector: createFloodDetector(5),
      metrics: createInvocationMetrics(),
      random: Math.random,
      settings: { logId: 'log', sendsPerSecond: 5, userSendsPerSecond: 10, leaseMs: 90_000, editMs: 0 },
      fanOutQueue: { enqueue: async () => {} },
      poster: { prepare: () => async () => 'delivered', close: async () => 'delivered' },
    });

    const applaud = (requester: Requester) =>
      react(publisher(), requester, { action: 'react', room: 'red', of: 1, name: '👏', on: true, v: 1 });

    const enter = async (room: string): Promise<Requester> => {
      const connection = { id: 'connection-1=', user: ann, expiresAt: NOW + 9 * HOUR, permissions: '*:rw' };
      await opened.stores.connections.open(connection, NOW + HOUR);
      const charge = { bucket: 'syncs', now: NOW, costMs: 0, burstMs: 1 } as const;
      await opened.stores.connections.join(connection.id, room, charge, NOW + HOUR, 50);
      return connection;
    };

    const typesOf = (entries: readonly StoredEntry[]) => entries.map(({ seq, type }) => `${seq} ${type}`);

    it("takes a user's texts, name and id from every room, and leaves no hole", async () => {
      await write('red', ann, [1, 3]);
      await write('red', bob, [2]);
      await write('green', ann, [1]);

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 3 });

      expect(typesOf(await archive.log.readForward('red', 1, 10, now))).toEqual([
        '1 erased',
        '2 message',
        '3 erased',
      ]);
      expect(typesOf(await archive.log.readForward('green', 1, 10, now))).toEqual(['1 erased']);
      const left = await stored();
      for (const word of [ann.id, ann.name, ann.role, 'Text 1', 'Text 3']) expect(left).not.toContain(word);
      expect(left).toContain('Text 2');
      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 0 });
    });

    it('takes a user from what the log tells of kicks, as the one who went and as the one who saw to it', async () => {
      const kick = { type: 'system', what: 'kicked', at: NOW } as const;
      await archive.log.put('red', { ...kick, seq: 1, id: 'kick-1', user: ann, by: bob });
      await archive.log.put('red', { ...kick, seq: 2, id: 'kick-2', user: bob, by: ann });

      await eraseUser(archive, ann.id);

      expect(await archive.log.readForward('red', 1, 10, now)).toEqual([
        { type: 'erased', seq: 1, id: 'kick-1' },
        { ...kick, seq: 2, user: bob },
      ]);
      const left = await stored();
      for (const word of [ann.id, ann.name, ann.role]) expect(left).not.toContain(word);
    });

    it('takes no moderator from what is pending, which others wrote', async () => {
      await write('red', bob, [1]);
      const pending = { type: 'reacted', seq: 2, of: 1, id: 'reacted-2', at: NOW, k: 1 } as const;
      await archive.log.put('red', { ...pending, counts: { '👏': 1 }, users: { '👏': [ann] } });
      const eraseModerator = jest.fn(archive.erasures.eraseModerator);

      await eraseUser({ ...archive, erasures: { ...archive.erasures, eraseModerator } }, ann.id);

      expect(eraseModerator).not.toHaveBeenCalled();
    });

    it('goes on past a row that has expired meanwhile', async () => {
      await expect(archive.erasures.eraseModerator('den', { seq: 7, id: 'kick-7' })).resolves.toBeUndefined();
    });

    it('goes on where a call ended', async () => {
      await write('red', ann, [1, 2, 3, 4]);
      const one = { ...archive, clock: { now: () => (now += HOUR), wait: async () => {} } };
      const paged: ErasureContext = {
        ...one,
        erasures: {
          ...archive.erasures,
          // As small a page as the database's own megabyte is large.
          async findRowsOf(user, from) {
            const { rows } = await archive.erasures.findRowsOf(user);
            const rest = rows.filter(({ seq }) => seq > (from?.seq ?? 0)).sort((a, b) => a.seq - b.seq);
            const [first] = rest;
            return {
              rows: rest.slice(0, 1),
              reactions: [],
              drafts: [],
              ...(first && rest.length > 1 && { next: first }),
            };
          },
        },
      };

      let erased = 0;
      let next: { room: string; seq: number } | undefined;
      for (let calls = 0; calls === 0 || next; calls++) {
        const done = await eraseUser(paged, ann.id, next);
        erased += done.erased;
        next = done.next;
      }

      expect(erased).toBe(4);
    });

    it("takes a change's words and author, and what a moderator deleted stays deleted", async () => {
      await write('red', ann, [1, 2]);
      const change = { of: 1, from: bob, at: NOW };
      await archive.log.put('red', { type: 'deleted', seq: 3, id: 'deletion-3', by: 'moderator', ...change });
      await archive.log.put('red', {
        type: 'edited',
        seq: 4,
        id: 'edit-of-4',
        text: 'Secret',
        ...change,
        of: 9,
      });

      expect(await eraseUser(archive, bob.id)).toEqual({ erased: 2 });

      expect(await archive.log.readForward('red', 1, 10, now)).toMatchObject([
        { type: 'tombstone', seq: 1, deleted: 3, by: 'moderator' },
        { type: 'message', seq: 2 },
        { type: 'deleted', seq: 3, of: 1 },
        { type: 'edited', seq: 4, of: 9 },
      ]);
      for (const gone of ['Secret', 'Text 1', bob.id, bob.name]) expect(await stored()).not.toContain(gone);
      expect(await eraseUser(archive, bob.id)).toEqual({ erased: 0 });
    });

    it('takes a user from reactions, also from a summary whose set has gone', async () => {
      await write('red', bob, [1, 2]);
      const connection = await enter('red');
      const clap = { action: 'react', room: 'red', name: '👏', on: true, v: 1 } as const;
      for (const seq of [1, 2]) await react(publisher(), connection, { ...clap, of: seq });
      await archive.reactions.clearSet('red', 2, ann.id);
      await archive.reactions.removeSet('red', 2, ann.id);
      expect(await stored()).toContain(ann.id);

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 2 });

      const left = await stored();
      for (const word of [ann.id, ann.name, ann.role]) expect(left).not.toContain(word);
      expect(await archive.log.readForward('red', 1, 2, now)).toMatchObject([
        { type: 'message', reactions: { counts: {}, users: {} } },
        { type: 'message', reactions: { counts: {}, users: {} } },
      ]);
      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 0 });
    });

    it('takes a user from the reactions to a message that has expired', async () => {
      await write('red', bob, [1]);
      const requester = await enter('red');
      await applaud(requester);
      await archive.log.expire('red', 1, NOW - HOUR);

      await eraseUser(archive, ann.id);

      for (const word of [ann.id, ann.name, ann.role]) expect(await stored()).not.toContain(word);
    });

    it.each(['oidc|bo', 'idc|bob', 'Bob'])("leaves others' reactions where it is about %s", async (id) => {
      await write('red', ann, [1]);
      const requester = { ...(await enter('red')), user: bob };
      await applaud(requester);

      expect(await eraseUser(archive, id)).toEqual({ erased: 0 });
    });

    it('takes what a user is writing, without an entry, and what is written in a room', async () => {
      await write('red', bob, [1, 2]);
      const part = { room: 'red', generation: 1, offset: 0, text: 'Unsent words' };
      for (const [of, from] of [
        [1, ann],
        [2, bob],
      ] as const)
        await archive.drafts.add({ ...part, of, from }, 12, NOW);

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 1 });
      for (const word of [ann.id, ann.name, ann.role]) expect(await stored()).not.toContain(word);
      expect(await archive.log.readForward('red', 1, 10, now)).toHaveLength(2);

      await eraseRoom(archive, 'red');
      expect(await stored()).not.toContain('Unsent words');
    });

    it('forgets mutes, and what slow mode knows of a user', async () => {
      const { restrictions } = opened.stores;
      for (const user of [ann, bob])
        for (let i = 0; i < 30; i++) await restrictions.mute(`room-${i}`, { user, until: NOW + HOUR }, NOW);

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 30 });

      const holds = await restrictions.read(ann.id, 'room-29');
      expect(holds).toEqual({ mutedUntil: 0, nextAt: 0 });
      expect((await restrictions.read(bob.id, 'room-29')).mutedUntil).toBe(NOW + HOUR);
      const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
      const { Items } = await opened.database.send(
        new ScanCommand({ TableName: opened.tables.names.members }),
      );
      expect(JSON.stringify(Items)).not.toContain(ann.id);
    });

    it('takes the list of rooms that a user follows, and leaves those of others', async () => {
      for (const room of ['red', 'blue'])
        for (const user of ['ann', 'bob']) await archive.follows.add(user, { room, since: NOW }, 500, NOW);

      expect(await eraseUser(archive, 'ann')).toEqual({ erased: 2 });

      expect(await archive.follows.readPage('ann', undefined, 9, NOW)).toEqual({ follows: [] });
      expect((await archive.follows.readPage('bob', undefined, 9, NOW)).follows).toHaveLength(2);
    });

    it('ends the memberships of a user, and leaves those of others', async () => {
      const { memberships } = opened.stores;
      const rooms = Array.from({ length: 30 }, (_, i) => `room-${i}`);
      for (const user of ['ann', 'bob'])
        for (const room of rooms) await memberships.add(user, { room, since: NOW });

      expect(await eraseUser(archive, 'ann')).toEqual({ erased: 30 });

      expect(await memberships.findRooms('ann', rooms)).toEqual(new Set());
      expect((await memberships.findRooms('bob', rooms)).size).toBe(30);
    });

    it('takes the reports that a user made, and those in a room', async () => {
      const { reports } = opened.stores;
      const until = NOW + HOUR;
      const seqs = Array.from({ length: 30 }, (_, i) => i + 1);
      for (const user of [ann, bob])
        for (const seq of seqs)
          await reports.add(
            'red',
            { of: seq, user, reason: 'Said Ann', at: NOW },
            { perMessage: 9, perUser: 99, until },
          );

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 30 });
      const left = (await reports.readPage('red', undefined, 99, NOW)).reports;
      expect(left.map(({ user }) => user.id)).toEqual(seqs.map(() => bob.id));
      expect(await eraseRoom(archive, 'red')).toEqual({ erased: 30 });

      const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
      const { Items } = await opened.database.send(
        new ScanCommand({ TableName: opened.tables.names.members }),
      );
      expect(JSON.stringify(Items)).not.toContain('Said Ann');
    });

    it('takes the held messages of a user, and those in a room', async () => {
      const { held } = opened.stores;
      for (const user of [ann, bob])
        for (let i = 0; i < 30; i++)
          await held.add(
            `${user.id} ${i}`,
            { at: NOW, request: { room: 'red', id: `message-${i}`, from: user, text: `Said ${user.id}` } },
            { perUser: 99, until: NOW + HOUR },
          );

      expect(await eraseUser(archive, ann.id)).toEqual({ erased: 30 });
      expect((await held.readPage('red', undefined, 99, NOW)).messages).toHaveLength(30);
      expect(await eraseRoom(archive, 'red')).toEqual({ erased: 30 });

      const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
      const { Items } = await opened.database.send(
        new ScanCommand({ TableName: opened.tables.names.members }),
      );
      expect(JSON.stringify(Items)).not.toContain('Said ');
    });

    it('takes the reactions of a room with its messages', async () => {
      await write('red', bob, [1]);
      const connection = await enter('red');
      await applaud(connection);

      await eraseRoom(archive, 'red');

      for (const word of [ann.id, '👏']) expect(await stored()).not.toContain(word);
    });

    it('knows a repeat of an erased message, and neither writes nor shows it again', async () => {
      const connection = await enter('red');
      const send = { action: 'sendMessage', room: 'red', id: 'message-x', text: 'Secret', after: 0 } as const;
      await sendMessage(publisher(), connection, send);
      await eraseUser(archive, ann.id);

      const repeated = await sendMessage(publisher(), connection, send);

      expect(repeated).toMatchObject({ type: 'ack', seq: 1, duplicate: true });
      expect(typesOf(await archive.log.readForward('red', 1, 10, now))).toEqual(['1 erased']);
      expect(await stored()).not.toContain('Secret');
    });

    it('gives clients an unbroken page with the erased places in it', async () => {
      await write('red', bob, [1, 3]);
      await write('red', ann, [2]);
      await eraseUser(archive, ann.id);

      const page = await readAfter(archive, 'red', 0, { entries: 10, bytes: 10_000 });

      expect(page).toMatchObject({ more: false });
      expect(page.messages[1]).toEqual({ type: 'erased', seq: 2, id: 'message-2' });
      expect(typesOf(page.messages)).toEqual(['1 message', '2 erased', '3 message']);
    });

    it('empties a room in parts; the newest row stays, so that numbers go on', async () => {
      await write(
        'red',
        ann,
        Array.from({ length: 450 }, (_, i) => i + 1),
      );
      await write('green', ann, [1]);

      let done = await eraseRoom(archive, 'red');
      const parts = [done];
      while (done.next !== undefined) {
        done = await eraseRoom(archive, 'red', done.next);
        parts.push(done);
      }

      expect(parts).toEqual([{ erased: 200, next: 200 }, { erased: 200, next: 400 }, { erased: 50 }]);
      now += HOUR + 1000;
      expect(typesOf(await archive.log.readForward('red', 1, 500, now))).toEqual(['450 erased']);
      expect(typesOf(await archive.log.readForward('green', 1, 10, now))).toEqual(['1 message']);
      const connection = await enter('red');
      const sent = { action: 'sendMessage', room: 'red', id: 'message-n', text: 'New', after: 450 } as const;
      expect(await sendMessage(publisher(), connection, sent)).toMatchObject({ type: 'ack', seq: 451 });
    });

    it('keeps what is erased for an hour, in which memories of a room still rest on it', async () => {
      await write('red', ann, [1, 2]);
      await archive.log.expire('red', 1, NOW + 24 * HOUR);

      await eraseRoom(archive, 'red');

      const [first, newest] = await archive.log.readIdentities('red', 1, 10);
      expect(first?.expiresAt).toBe(NOW + HOUR);
      expect(newest?.expiresAt).toBeUndefined();
    });

    it('exports a whole room in order, page by page, without what has expired', async () => {
      await write(
        'red',
        bob,
        Array.from({ length: 600 }, (_, i) => i + 1),
      );
      await archive.log.expire('red', 1, NOW - HOUR);

      const seqs: number[] = [];
      let page = await readExportPage(archive, 'red');
      for (;;) {
        seqs.push(...page.messages.map(({ seq }) => seq));
        if (page.next === undefined) break;
        page = await readExportPage(archive, 'red', page.next);
      }

      expect(seqs).toEqual(Array.from({ length: 599 }, (_, i) => i + 2));
    });
  });
}
