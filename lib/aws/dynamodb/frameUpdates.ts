import { EVERYWHERE } from '../../ports/banStore';
import type { ConnectionRoomStore } from '../../ports/connectionRoomStore';
import type { Charge } from '../../ports/tokenBucketCharge';
import type { RateLimited } from '../../protocol/errorReplies';
import { chargeConnection, type FrameUpdate } from './chargeConnection';
import type { Database } from './database';
import { isOwnKey, roomKey, roomMark } from './roomKeys';
import type { RoomNames } from './roomNames';

const NOT_BARRED =
  ' AND (attribute_not_exists(#barred) OR NOT (contains(#barred, :key) OR contains(#barred, :everywhere)))';

/** Rooms whose member row a leave has still to remove: one more is refused, so that the row stays small. */
const MAX_LEAVING = 16;

/** Makes what a connection's own frames change in its row. Each is charged in the same write. */
export function createFrameUpdates(
  database: Database,
  table: string,
  names: RoomNames,
): Pick<ConnectionRoomStore, 'join' | 'leave' | 'renewLease'> {
  const chargeFrame = (id: string, charge: Charge, leaseUntil: number, update: FrameUpdate) =>
    chargeConnection({ database, table, id, charge, leaseUntil }, update);

  return {
    async join(id, room, charge, leaseUntil, maxRooms, clearedFence) {
      const isCleared = clearedFence !== undefined;
      const key = roomKey(id, room);
      const mark = roomMark(id, room);
      const outcome = await chargeFrame(id, charge, leaseUntil, {
        condition:
          ' AND (attribute_not_exists(#rooms) OR size(#rooms) < :maxRooms OR contains(#rooms, :key))' +
          (isCleared ? ` AND ${fenceIs(clearedFence)}` : NOT_BARRED),
        change: `ADD #rooms :added DELETE #lapsed :mark${isCleared ? ', #barred :added' : ''}`,
        names: ['rooms', 'barred', 'lapsed', ...(isCleared ? ['fence'] : [])],
        values: {
          ':key': key,
          ':added': new Set([key]),
          ':mark': new Set([mark]),
          ':maxRooms': maxRooms,
          ...(isCleared ? clearedFence > 0 && { ':fence': clearedFence } : { ':everywhere': EVERYWHERE }),
        },
        gives: 'ALL_OLD',
        refuses(row) {
          const { rooms, barred, fence = 0 } = row;
          const isBarred = barred?.has(key) || barred?.has(EVERYWHERE);
          if (isBarred && fence !== clearedFence) return { kind: 'banned', fence };
          const isFull = (rooms?.size ?? 0) >= maxRooms && !rooms?.has(key);
          return isFull ? { kind: 'tooManyRooms' } : undefined;
        },
      });
      if ('kind' in outcome) return outcome;
      const { fence = 0, lapsed, ttl = 0 } = outcome.output ?? {};
      if (!isOwnKey(room) && !(await names.keep(id, room, ttl))) return contended(charge);
      return { fence, ...(lapsed?.has(mark) && { hasLapsed: true }) };
    },

    async leave(id, room, charge, leaseUntil) {
      const key = roomKey(id, room);
      const outcome = await chargeFrame(id, charge, leaseUntil, {
        condition: ' AND (attribute_not_exists(#leaving) OR size(#leaving) < :maxLeaving)',
        change: 'DELETE #rooms :left, #lapsed :mark, #untold :mark ADD #leaving :left, #fence :one',
        names: ['rooms', 'lapsed', 'untold', 'leaving', 'fence'],
        values: {
          ':left': new Set([key]),
          ':mark': new Set([roomMark(id, room)]),
          ':one': 1,
          ':maxLeaving': MAX_LEAVING,
        },
        gives: 'ALL_OLD',
        refuses: ({ leaving }) => ((leaving?.size ?? 0) < MAX_LEAVING ? undefined : contended(charge)),
      });
      if ('kind' in outcome) return outcome;
      return { wasMember: outcome.output?.rooms?.has(key) ?? false, fence: outcome.output?.fence ?? 0 };
    },

    async renewLease(id, charge, leaseUntil) {
      const outcome = await chargeFrame(id, charge, leaseUntil, { gives: 'ALL_NEW' });
      if ('kind' in outcome) return outcome;
      const { rooms, lapsed, untold } = outcome.output ?? {};
      const has = (room: string) =>
        (rooms?.has(roomKey(id, room)) ?? false) && !lapsed?.has(roomMark(id, room));
      return { rooms: { has }, hasUntold: untold !== undefined };
    },
  };
}

function contended({ costMs }: Charge): RateLimited {
  return { kind: 'rateLimited', retryAfterMs: costMs, contended: true };
}

function fenceIs(fence: number): string {
  return fence === 0 ? 'attribute_not_exists(#fence)' : '#fence = :fence';
}
