import type { NotificationStore } from '../../ports/notificationStore';
import { LEVELS } from '../../protocol/parsePush';
import { namesOf } from './attributeNames';
import type { Row } from './attributeValues';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { getRow } from './getRow';
import { toMark } from './markRow';
import { assign } from './updateExpression';

const IS_FOLLOWED = 'attribute_exists(#c) AND (attribute_not_exists(#e) OR #e > :second)';

/**
 * Keeps what notifications need in the rows of followed rooms, so that one condition sees how far the user has read and
 * was notified. `pushed` is the seq up to which the user was notified, and `pushRun` the run that claimed last.
 */
export function createNotificationStore(database: Database, table: string): NotificationStore {
  const keyFor = (userHash: string, room: string) => ({ r: `follows#${userHash}`, c: room });

  return {
    async read(userHash, room, now) {
      const row = await getRow(database, table, keyFor(userHash, room));
      if (!row || Number(row.e ?? Number.POSITIVE_INFINITY) * 1000 <= now) return undefined;
      const level = LEVELS.find((each) => each === row.level);
      return {
        ...(row.w !== undefined && { with: String(row.w) }),
        ...(row.v !== undefined && { mark: toMark(row) }),
        ...(level && { level }),
        ...(row.mutedUntil !== undefined && { mutedUntil: Number(row.mutedUntil) }),
        notified: Number(row.pushed ?? 0),
        nextAt: Number(row.nextPush ?? 0),
      };
    },

    async set(userHash, room, { level, mutedUntil = 0 }, now) {
      const values: Row = { mutedUntil, ...(level && { level }) };
      const { ExpressionAttributeValues, ...update } = assign(values, ['level']);
      const { met } = await updateIfMet(database, table, keyFor(userHash, room), {
        ...update,
        ConditionExpression: IS_FOLLOWED,
        ExpressionAttributeNames: namesOf(['c', 'e', 'mutedUntil', 'level']),
        ExpressionAttributeValues: {
          ...(ExpressionAttributeValues as Row),
          ':second': Math.ceil(now / 1000),
        },
      });
      return met;
    },

    async claim(userHash, room, { run, seq, now, nextAt }) {
      const { met } = await updateIfMet(database, table, keyFor(userHash, room), {
        UpdateExpression: 'SET #pushRun = :run, #nextPush = :nextAt',
        ConditionExpression:
          `${IS_FOLLOWED} AND (attribute_not_exists(#s) OR #s < :seq)` +
          ' AND (attribute_not_exists(#pushed) OR #pushed < :seq)' +
          ' AND (attribute_not_exists(#nextPush) OR #nextPush <= :now)',
        ExpressionAttributeNames: namesOf(['c', 'e', 's', 'pushed', 'nextPush', 'pushRun']),
        ExpressionAttributeValues: {
          ...{ ':run': run, ':seq': seq, ':now': now, ':nextAt': nextAt },
          ':second': Math.ceil(now / 1000),
        },
      });
      return met;
    },

    async confirm(userHash, room, run, seq) {
      await updateIfMet(database, table, keyFor(userHash, room), {
        UpdateExpression: 'SET #pushed = :seq',
        ConditionExpression: '#pushRun = :run',
        ExpressionAttributeNames: namesOf(['pushed', 'pushRun']),
        ExpressionAttributeValues: { ':seq': seq, ':run': run },
      });
    },
  };
}
