import type { SendQuotaStore } from '../../ports/sendQuotaStore';
import type { RateLimited } from '../../protocol/errorReplies';
import { debtOf, MAX_DEBT_MS, maxUnitPosition, owe, UNIT_BURST_MS } from '../../rateLimiting/unitBucket';
import type { Row } from './attributeValues';
import { chargeBucket, foresee } from './chargeBucket';
import { updateIfMet } from './conditional';
import type { Database } from './database';
import { getRow } from './getRow';
import { keyOf } from './hashedKey';

/** An author's row stays this long after its last message, in seconds: its bucket is full again long before. */
const ROW_TTL_SECONDS = 3600;

/** A bucket of units that other containers keep moving is charged later after this many attempts. */
const MAX_ATTEMPTS = 4;

const IS_SOLVENT = '(attribute_not_exists(#units) OR #units <= :solvent OR #units > :absurdUnits)';

/**
 * Keeps one row an author in the Connections table, under a key that no connection has. It is not the user's row: a
 * flood that keeps it busy must not delay a ban.
 */
export function createSendQuotaStore(database: Database, table: string): SendQuotaStore {
  const keyOfAuthor = (user: string) => ({ connection: keyOf('author', user) });

  return {
    async charge(user, charge, judge) {
      const key = keyOfAuthor(user);
      const { now } = charge;
      const outcome = await chargeBucket(charge, {
        judge,
        read: () => getRow(database, table, key),
        write: ({ set, fits, values }) =>
          updateIfMet(database, table, key, {
            UpdateExpression: `SET ${set}, #ttl = :ttl`,
            ConditionExpression: `${fits} AND ${IS_SOLVENT}`,
            ExpressionAttributeNames: { '#bucket': charge.bucket, '#units': 'units', '#ttl': 'ttl' },
            ExpressionAttributeValues: {
              ':now': now,
              ':ttl': ttlAt(now),
              ':solvent': now + UNIT_BURST_MS,
              ':absurdUnits': maxUnitPosition(now),
              ...values,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        refusal: (row) => refusalOfDebtor(row, now),
      });
      return 'output' in outcome ? 'ok' : outcome;
    },

    async foresee(user, charge) {
      const row = await getRow(database, table, keyOfAuthor(user));
      return foresee(row, charge, () => refusalOfDebtor(row, charge.now));
    },

    async chargeUnits(user, { now, costMs: consumedMs }) {
      const key = keyOfAuthor(user);
      const costMs = Math.min(consumedMs, UNIT_BURST_MS + MAX_DEBT_MS);
      let update = advance(now, costMs);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const { set, condition, values } = update;
        const outcome = await updateIfMet(database, table, key, {
          UpdateExpression: `SET #units = ${set}, #ttl = :ttl`,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#units': 'units', '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':ttl': ttlAt(now), ...values },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        if (outcome.met) return debtOf(unitsOf(outcome.output.Attributes), now);
        update = replace(unitsOf(outcome.row ?? (await getRow(database, table, key))), now, costMs);
      }
      return undefined;
    },
  };
}

function advance(now: number, costMs: number) {
  return {
    set: '#units + :cost',
    condition: '#units BETWEEN :now AND :most',
    values: { ':cost': costMs, ':now': now, ':most': now + UNIT_BURST_MS + MAX_DEBT_MS - costMs } as Row,
  };
}

/** The update of a bucket that cannot advance: it is in the past, at its limit, or not there. */
function replace(known: number | undefined, now: number, costMs: number) {
  return {
    set: ':next',
    condition: known === undefined ? 'attribute_not_exists(#units)' : '#units = :known',
    values: { ':next': owe(known, now, costMs), ...(known !== undefined && { ':known': known }) } as Row,
  };
}

function refusalOfDebtor(row: Row | undefined, now: number): RateLimited | undefined {
  const waitMs = debtOf(unitsOf(row), now);
  return waitMs > 0 ? { kind: 'rateLimited', retryAfterMs: Math.ceil(waitMs) } : undefined;
}

function unitsOf(row: Row | undefined): number | undefined {
  return typeof row?.units === 'number' ? row.units : undefined;
}

function ttlAt(now: number): number {
  return Math.ceil(now / 1000) + ROW_TTL_SECONDS;
}
