import { EVERYWHERE, MAX_LISTED_BANS } from '../../ports/banStore';
import type { ConnectionStore } from '../../ports/connectionStore';
import type { Charge } from '../../ports/tokenBucketCharge';
import type { User } from '../../protocol';
import { batchGet } from './batchGet';
import { type ChargeExtra, type ConnectionRow, chargeConnection, getConnectionRow } from './chargeConnection';
import { ifMet } from './conditional';
import type { Database } from './database';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const ROW_TTL_SECONDS = 3600;

const PRESENT = ['connection', 'user', 'name', 'lease', 'firstLease', 'session', 'lapsed'] as const;
type PresentRow = Pick<ConnectionRow, (typeof PRESENT)[number]>;

const ROOMS = { '#rooms': 'rooms' };
const LAPSED = { '#lapsed': 'lapsed' };
const BARRED = { '#barred': 'barred' };
const NOT_BARRED =
  ' AND (attribute_not_exists(#barred) OR NOT (contains(#barred, :room) OR contains(#barred, :everywhere)))';
/** The connection's list of barred rooms may grow. */
const HAS_PLACE = 'attribute_not_exists(#barred) OR size(#barred) < :max';

/** Rooms whose member row a leave has still to remove: one more is refused, so that the row stays small. */
const MAX_LEAVING = 50;
/** Rooms that a later ping tells of a join or a leave: of one more no room is told. */
const MAX_UNTOLD = 50;

/** Keeps one row a socket in the Connections table. */
export function createConnectionStore(database: Database, table: string): ConnectionStore {
  const get = (id: string) => getConnectionRow(database, table, id);

  const charge = (id: string, charge: Charge, leaseUntil: number, extra: ChargeExtra) =>
    chargeConnection({ database, table, id, charge, leaseUntil }, extra);

  /** Changes a row; gives what the update returns of it, or `undefined` when it does not meet the condition. */
  const change = async (id: string, update: Record<string, unknown>): Promise<ConnectionRow | undefined> => {
    const outcome = await ifMet(
      database.call('UpdateItem', { TableName: table, Key: { connection: id }, ...update }),
    );
    return outcome.met ? (outcome.output.Attributes as ConnectionRow | undefined) : undefined;
  };

  return {
    async open({ id, user, expiresAt, session }, leaseUntil) {
      const row: ConnectionRow = {
        connection: id,
        user: user.id,
        name: user.name,
        expires: expiresAt,
        lease: leaseUntil,
        firstLease: leaseUntil,
        ttl: Math.ceil(expiresAt / 1000) + ROW_TTL_SECONDS,
        ...(session !== undefined && { session }),
      };
      // An event may come twice, the second time when rooms have been joined already.
      await ifMet(
        database.call('PutItem', {
          TableName: table,
          Item: row,
          ConditionExpression: 'attribute_not_exists(#connection)',
          ExpressionAttributeNames: { '#connection': 'connection' },
        }),
      );
    },

    async refuse(id, refusal) {
      await change(id, {
        UpdateExpression: 'SET #expires = :over, #lease = :over, #refused = :kind, #until = :until',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: {
          '#expires': 'expires',
          '#lease': 'lease',
          '#refused': 'refused',
          '#until': 'bannedUntil',
          '#connection': 'connection',
        },
        ExpressionAttributeValues: {
          ':over': 0,
          ':kind': refusal.kind,
          ':until': refusal.kind === 'bannedEverywhere' ? refusal.until : 0,
        },
      });
    },

    async close(id) {
      const { Attributes } = await database.call('DeleteItem', {
        TableName: table,
        Key: { connection: id },
        ReturnValues: 'ALL_OLD',
      });
      const row = Attributes as ConnectionRow | undefined;
      return row && row.refused === undefined ? belongings(row) : undefined;
    },

    async charge(id, room, charged, leaseUntil) {
      const outcome = await charge(id, charged, leaseUntil, {
        condition: ' AND contains(#rooms, :room)',
        names: ROOMS,
        values: { ':room': room },
        refuses: (row) => (row.rooms?.has(room) ? undefined : { kind: 'notMember' }),
      });
      return 'kind' in outcome ? outcome : 'ok';
    },

    async join(id, room, charged, leaseUntil, maxRooms, clearedFence) {
      const isCleared = clearedFence !== undefined;
      const outcome = await charge(id, charged, leaseUntil, {
        condition:
          ' AND (attribute_not_exists(#rooms) OR size(#rooms) < :maxRooms OR contains(#rooms, :room))' +
          (isCleared ? ` AND ${fenceIs(clearedFence)}` : NOT_BARRED),
        change: `ADD #rooms :added DELETE #lapsed :added${isCleared ? ', #barred :added' : ''}`,
        names: { ...ROOMS, ...BARRED, ...LAPSED, ...(isCleared && { '#fence': 'fence' }) },
        values: {
          ':room': room,
          ':added': new Set([room]),
          ':maxRooms': maxRooms,
          ...(isCleared ? clearedFence > 0 && { ':fence': clearedFence } : { ':everywhere': EVERYWHERE }),
        },
        gives: 'ALL_OLD',
        refuses(row) {
          const { rooms, barred, fence = 0 } = row;
          const isBarred = barred?.has(room) || barred?.has(EVERYWHERE);
          if (isBarred && fence !== clearedFence) return { kind: 'banned', fence };
          const isFull = (rooms?.size ?? 0) >= maxRooms && !rooms?.has(room);
          return isFull ? { kind: 'tooManyRooms' } : undefined;
        },
      });
      if ('kind' in outcome) return outcome;
      const { fence = 0, lapsed } = outcome.output ?? {};
      return { fence, ...(lapsed?.has(room) && { hasLapsed: true }) };
    },

    async leave(id, room, charged, leaseUntil) {
      const outcome = await charge(id, charged, leaseUntil, {
        condition: ' AND (attribute_not_exists(#leaving) OR size(#leaving) < :maxLeaving)',
        change: 'DELETE #rooms :left, #lapsed :left ADD #leaving :left, #fence :one',
        names: { ...ROOMS, ...LAPSED, '#leaving': 'leaving', '#fence': 'fence' },
        values: { ':left': new Set([room]), ':one': 1, ':maxLeaving': MAX_LEAVING },
        gives: 'ALL_OLD',
        refuses: ({ leaving }) =>
          (leaving?.size ?? 0) < MAX_LEAVING
            ? undefined
            : { kind: 'rateLimited', retryAfterMs: charged.costMs, contended: true },
      });
      if ('kind' in outcome) return outcome;
      return { wasMember: outcome.output?.rooms?.has(room) ?? false, fence: outcome.output?.fence ?? 0 };
    },

    async finishLeave(id, room) {
      await change(id, {
        UpdateExpression: 'DELETE #leaving :left',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: { '#leaving': 'leaving', '#connection': 'connection' },
        ExpressionAttributeValues: { ':left': new Set([room]) },
      });
    },

    async renewLease(id, charged, leaseUntil) {
      const outcome = await charge(id, charged, leaseUntil, { gives: 'ALL_NEW' });
      if ('kind' in outcome) return outcome;
      const { rooms = [], lapsed, untold = [] } = outcome.output ?? {};
      return { rooms: [...rooms].filter((room) => !lapsed?.has(room)), untold: [...untold] };
    },

    async noteUntold(id, room) {
      await change(id, {
        UpdateExpression: 'ADD #untold :rooms',
        ConditionExpression:
          'attribute_exists(#connection) AND (attribute_not_exists(#untold) OR size(#untold) < :max)',
        ExpressionAttributeNames: { '#untold': 'untold', '#connection': 'connection' },
        ExpressionAttributeValues: { ':rooms': new Set([room]), ':max': MAX_UNTOLD },
      });
    },

    async clearUntold(id, rooms) {
      await change(id, {
        UpdateExpression: 'DELETE #untold :rooms',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: { '#untold': 'untold', '#connection': 'connection' },
        ExpressionAttributeValues: { ':rooms': new Set(rooms) },
      });
    },

    async removeFromRoom(id, room) {
      const names = { ...ROOMS, ...BARRED, ...LAPSED, '#fence': 'fence', '#connection': 'connection' };
      const removed = { ':room': new Set([room]), ':one': 1 };
      const row =
        (await change(id, {
          UpdateExpression: 'DELETE #rooms :room, #lapsed :room ADD #barred :room, #fence :one',
          ConditionExpression: `attribute_exists(#connection) AND (${HAS_PLACE} OR contains(#barred, :name))`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...removed, ':name': room, ':max': MAX_LISTED_BANS },
          ReturnValues: 'ALL_OLD',
        })) ??
        (await change(id, {
          UpdateExpression: 'SET #barred = :everywhere DELETE #rooms :room, #lapsed :room ADD #fence :one',
          ConditionExpression: 'attribute_exists(#connection)',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...removed, ':everywhere': new Set([EVERYWHERE]) },
          ReturnValues: 'ALL_OLD',
        }));
      if (!row) return undefined;
      const { rooms, barred, fence = 0 } = row;
      const wasMember = rooms?.has(room) ?? false;
      return { user: userOf(row), wasMember: wasMember || (barred?.has(room) ?? false), fence: fence + 1 };
    },

    async revoke(id) {
      const row = await change(id, {
        UpdateExpression: 'SET #expires = :over',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: { '#expires': 'expires', '#connection': 'connection' },
        ExpressionAttributeValues: { ':over': 0 },
        ReturnValues: 'ALL_OLD',
      });
      return row && belongings(row);
    },

    async requireBanCheck(id, rooms) {
      const names = { ...BARRED, '#connection': 'connection' };
      const isListed = await change(id, {
        UpdateExpression: 'ADD #barred :rooms',
        ConditionExpression: `attribute_exists(#connection) AND (${HAS_PLACE})`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':rooms': new Set(rooms), ':max': MAX_LISTED_BANS },
        ReturnValues: 'ALL_NEW',
      });
      if (isListed) return;
      await change(id, {
        UpdateExpression: 'SET #barred = :everywhere',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':everywhere': new Set([EVERYWHERE]) },
      });
    },

    async isMember(id, room, now) {
      const row = await get(id);
      return row !== undefined && row.expires > now && (row.rooms?.has(room) ?? false);
    },

    async markLapsed(id, room, now) {
      const row = await change(id, {
        UpdateExpression: 'ADD #lapsed :rooms',
        ConditionExpression:
          '#lease <= :now AND contains(#rooms, :room)' +
          ' AND (attribute_not_exists(#lapsed) OR NOT contains(#lapsed, :room))',
        ExpressionAttributeNames: { ...ROOMS, ...LAPSED, '#lease': 'lease' },
        ExpressionAttributeValues: { ':rooms': new Set([room]), ':room': room, ':now': now },
        ReturnValues: 'ALL_NEW',
      });
      return row !== undefined;
    },

    async find(ids) {
      const keys = ids.map((connection) => ({ connection }));
      const rows = (await batchGet(database, table, keys, PRESENT)) as PresentRow[];
      return rows.map((row) => ({
        id: row.connection,
        user: userOf(row),
        firstLease: row.firstLease,
        lease: row.lease,
        session: row.session,
        lapsed: row.lapsed ?? new Set(),
      }));
    },
  };
}

function fenceIs(fence: number): string {
  return fence === 0 ? 'attribute_not_exists(#fence)' : '#fence = :fence';
}

function userOf({ user, name }: Pick<ConnectionRow, 'user' | 'name'>): User {
  return { id: user, name };
}

function belongings(row: ConnectionRow): { user: User; rooms: string[] } {
  const { rooms = [], leaving = [] } = row;
  return { user: userOf(row), rooms: [...new Set([...rooms, ...leaving])] };
}
