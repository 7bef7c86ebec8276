import { EVERYWHERE, MAX_LISTED_BANS } from '../../ports/banStore';
import type { ConnectionStore } from '../../ports/connectionStore';
import { settleAll } from '../../util/settleAll';
import { namesOf } from './attributeNames';
import { batchGet } from './batchGet';
import { ifMet, updateIfMet } from './conditional';
import { type ConnectionRow, getConnectionRow, keysOfRooms } from './connectionRow';
import type { Database } from './database';
import { createFrameUpdates } from './frameUpdates';
import { isHashed, isOwnKey, roomKey, roomMark, roomsOf } from './roomKeys';
import { createRoomNames } from './roomNames';
import { toUserAttributes, userOf } from './userAttributes';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const ROW_TTL_SECONDS = 3600;

const PRESENT = ['connection', 'user', 'name', 'role', 'lease', 'firstLease', 'session', 'lapsed'] as const;
type PresentRow = Pick<ConnectionRow, (typeof PRESENT)[number]>;

/** The connection's list of barred rooms may grow. */
const HAS_PLACE = 'attribute_not_exists(#barred) OR size(#barred) < :max';

/** Rooms that a later ping tells of a join or a leave: of one more no room is told. */
const MAX_UNTOLD = 50;

/** Keeps one row a socket in the Connections table. */
export function createConnectionStore(database: Database, table: string): ConnectionStore {
  const get = (id: string) => getConnectionRow(database, table, id);

  /** Changes a row; gives what the update returns of it, or `undefined` when it does not meet the condition. */
  const change = async (id: string, update: Record<string, unknown>): Promise<ConnectionRow | undefined> => {
    const outcome = await updateIfMet(database, table, { connection: id }, update);
    return outcome.met ? (outcome.output.Attributes as ConnectionRow | undefined) : undefined;
  };

  const names = createRoomNames(database, table);

  /** Gives whose a connection was, and the rooms where its member row may be; a join that is late adds none. */
  const belongings = async (row: ConnectionRow) => {
    const keys = keysOfRooms(row);
    const kept = [...keys].some(isHashed) ? await names.end(row.connection, row.ttl) : [];
    return { user: userOf(row), rooms: roomsOf(row.connection, keys, kept) };
  };

  return {
    ...createFrameUpdates(database, table, names),

    async open({ id, user, expiresAt, session }, leaseUntil) {
      const row: ConnectionRow = {
        connection: id,
        ...toUserAttributes(user),
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
          ExpressionAttributeNames: namesOf(['connection']),
        }),
      );
    },

    async refuse(id, refusal) {
      await change(id, {
        UpdateExpression: 'SET #expires = :over, #lease = :over, #refused = :kind, #bannedUntil = :until',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['expires', 'lease', 'refused', 'bannedUntil', 'connection']),
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
      return row && row.refused === undefined ? await belongings(row) : undefined;
    },

    async finishLeave(id, room) {
      await change(id, {
        UpdateExpression: 'DELETE #leaving :left',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['leaving', 'connection']),
        ExpressionAttributeValues: { ':left': new Set([roomKey(id, room)]) },
      });
    },

    async noteUntold(id, room) {
      const row = await change(id, {
        UpdateExpression: 'ADD #untold :marks',
        ConditionExpression:
          'attribute_exists(#connection) AND (attribute_not_exists(#untold) OR size(#untold) < :max)',
        ExpressionAttributeNames: namesOf(['untold', 'connection']),
        ExpressionAttributeValues: { ':marks': new Set([roomMark(id, room)]), ':max': MAX_UNTOLD },
        ReturnValues: 'ALL_NEW',
      });
      // A long name has been kept since the join.
      if (row && isOwnKey(room) && !row.rooms?.has(room)) await names.keep(id, room, row.ttl);
    },

    async listUntold(id) {
      const [row, kept] = await settleAll(get(id), names.read(id));
      const rooms = new Set([...(row?.rooms ?? []), ...kept]);
      return [...rooms].filter((room) => row?.untold?.has(roomMark(id, room)));
    },

    async clearUntold(id, rooms) {
      await change(id, {
        UpdateExpression: 'DELETE #untold :marks',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['untold', 'connection']),
        ExpressionAttributeValues: { ':marks': new Set(rooms.map((room) => roomMark(id, room))) },
      });
    },

    async removeFromRoom(id, room) {
      const names = namesOf(['rooms', 'barred', 'lapsed', 'fence', 'connection']);
      const key = roomKey(id, room);
      const removed = { ':keys': new Set([key]), ':mark': new Set([roomMark(id, room)]), ':one': 1 };
      const row =
        (await change(id, {
          UpdateExpression: 'DELETE #rooms :keys, #lapsed :mark ADD #barred :keys, #fence :one',
          ConditionExpression: `attribute_exists(#connection) AND (${HAS_PLACE} OR contains(#barred, :key))`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...removed, ':key': key, ':max': MAX_LISTED_BANS },
          ReturnValues: 'ALL_OLD',
        })) ??
        (await change(id, {
          UpdateExpression: 'SET #barred = :everywhere DELETE #rooms :keys, #lapsed :mark ADD #fence :one',
          ConditionExpression: 'attribute_exists(#connection)',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ...removed, ':everywhere': new Set([EVERYWHERE]) },
          ReturnValues: 'ALL_OLD',
        }));
      if (!row) return undefined;
      return { user: userOf(row), fence: (row.fence ?? 0) + 1 };
    },

    async revoke(id) {
      const row = await change(id, {
        UpdateExpression: 'SET #expires = :over',
        ConditionExpression: 'attribute_exists(#connection)',
        ExpressionAttributeNames: namesOf(['expires', 'connection']),
        ExpressionAttributeValues: { ':over': 0 },
        ReturnValues: 'ALL_OLD',
      });
      return row && (await belongings(row));
    },

    async requireBanCheck(id, rooms) {
      const names = namesOf(['barred', 'connection']);
      const isListed = await change(id, {
        UpdateExpression: 'ADD #barred :keys',
        ConditionExpression: `attribute_exists(#connection) AND (${HAS_PLACE})`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: {
          ':keys': new Set(rooms.map((room) => roomKey(id, room))),
          ':max': MAX_LISTED_BANS,
        },
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
      return row !== undefined && row.expires > now && (row.rooms?.has(roomKey(id, room)) ?? false);
    },

    async markLapsed(id, room, now) {
      const mark = roomMark(id, room);
      const row = await change(id, {
        UpdateExpression: 'ADD #lapsed :marks',
        ConditionExpression:
          '#lease <= :now AND contains(#rooms, :key)' +
          ' AND (attribute_not_exists(#lapsed) OR NOT contains(#lapsed, :mark))',
        ExpressionAttributeNames: namesOf(['rooms', 'lapsed', 'lease']),
        ExpressionAttributeValues: {
          ':marks': new Set([mark]),
          ':mark': mark,
          ':key': roomKey(id, room),
          ':now': now,
        },
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
        lapsed: { has: (room) => row.lapsed?.has(roomMark(row.connection, room)) ?? false },
      }));
    },
  };
}
