import { EVERYWHERE, MAX_LISTED_BANS } from '../../ports/banStore';
import type { HandshakeStore } from '../../ports/handshakeStore';
import { namesOf } from './attributeNames';
import { ifMet } from './conditional';
import { type ConnectionRow, changeConnection, HAS_PLACE } from './connectionRow';
import type { Database, Input } from './database';
import { roomKey } from './roomKeys';
import { toUserAttributes } from './userAttributes';

/** Rows stay this long after their token has expired, in seconds, for the database to remove at leisure. */
const ROW_TTL_SECONDS = 3600;

/** Writes the rows of new connections. Only the function that opens connections needs it. */
export function createHandshakeStore(database: Database, table: string): HandshakeStore {
  const change = (id: string, update: Input) => changeConnection(database, table, id, update);

  return {
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
  };
}
