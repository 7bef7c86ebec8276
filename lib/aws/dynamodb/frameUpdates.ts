import { EVERYWHERE } from '../../ports/banStore';
import type { ConnectionStore } from '../../ports/connectionStore';
import type { Charge } from '../../ports/tokenBucketCharge';
import { chargeConnection, type FrameUpdate } from './chargeConnection';
import type { Database } from './database';

const NOT_BARRED =
  ' AND (attribute_not_exists(#barred) OR NOT (contains(#barred, :room) OR contains(#barred, :everywhere)))';

/** Rooms whose member row a leave has still to remove: one more is refused, so that the row stays small. */
const MAX_LEAVING = 50;

/** Makes what a connection's own frames change in its row. Each is charged in the same write. */
export function createFrameUpdates(
  database: Database,
  table: string,
): Pick<ConnectionStore, 'charge' | 'join' | 'leave' | 'renewLease'> {
  const chargeFrame = (id: string, charge: Charge, leaseUntil: number, update: FrameUpdate) =>
    chargeConnection({ database, table, id, charge, leaseUntil }, update);

  return {
    async charge(id, room, charge, leaseUntil) {
      const outcome = await chargeFrame(id, charge, leaseUntil, {
        condition: ' AND contains(#rooms, :room)',
        names: ['rooms'],
        values: { ':room': room },
        refuses: (row) => (row.rooms?.has(room) ? undefined : { kind: 'notMember' }),
      });
      return 'kind' in outcome ? outcome : 'ok';
    },

    async join(id, room, charge, leaseUntil, maxRooms, clearedFence) {
      const isCleared = clearedFence !== undefined;
      const outcome = await chargeFrame(id, charge, leaseUntil, {
        condition:
          ' AND (attribute_not_exists(#rooms) OR size(#rooms) < :maxRooms OR contains(#rooms, :room))' +
          (isCleared ? ` AND ${fenceIs(clearedFence)}` : NOT_BARRED),
        change: `ADD #rooms :added DELETE #lapsed :added${isCleared ? ', #barred :added' : ''}`,
        names: ['rooms', 'barred', 'lapsed', ...(isCleared ? ['fence'] : [])],
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

    async leave(id, room, charge, leaseUntil) {
      const outcome = await chargeFrame(id, charge, leaseUntil, {
        condition: ' AND (attribute_not_exists(#leaving) OR size(#leaving) < :maxLeaving)',
        change: 'DELETE #rooms :left, #lapsed :left ADD #leaving :left, #fence :one',
        names: ['rooms', 'lapsed', 'leaving', 'fence'],
        values: { ':left': new Set([room]), ':one': 1, ':maxLeaving': MAX_LEAVING },
        gives: 'ALL_OLD',
        refuses: ({ leaving }) =>
          (leaving?.size ?? 0) < MAX_LEAVING
            ? undefined
            : { kind: 'rateLimited', retryAfterMs: charge.costMs, contended: true },
      });
      if ('kind' in outcome) return outcome;
      return { wasMember: outcome.output?.rooms?.has(room) ?? false, fence: outcome.output?.fence ?? 0 };
    },

    async renewLease(id, charge, leaseUntil) {
      const outcome = await chargeFrame(id, charge, leaseUntil, { gives: 'ALL_NEW' });
      if ('kind' in outcome) return outcome;
      const { rooms = [], lapsed, untold = [] } = outcome.output ?? {};
      return { rooms: [...rooms].filter((room) => !lapsed?.has(room)), untold: [...untold] };
    },
  };
}

function fenceIs(fence: number): string {
  return fence === 0 ? 'attribute_not_exists(#fence)' : '#fence = :fence';
}
