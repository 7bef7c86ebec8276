import { EVERYWHERE } from '../../ports/banStore';
import type { ConnectionRoomStore } from '../../ports/connectionRoomStore';
import type { Charge, Judge } from '../../ports/tokenBucketCharge';
import type { RateLimited, Refusal } from '../../protocol/errorReplies';
import { chargeConnection, type FrameUpdate, foreseeCharge } from './chargeConnection';
import type { ConnectionRow } from './connectionRow';
import type { Database } from './database';
import { isOwnKey, roomKey, roomMark } from './roomKeys';
import type { RoomNames } from './roomNames';

const NOT_BARRED =
  ' AND (attribute_not_exists(#barred) OR NOT (contains(#barred, :key) OR contains(#barred, :everywhere)))';

/** Rooms whose member row a leave has still to remove: one more is refused, so that the row stays small. */
export const MAX_LEAVING = 16;

/** Makes what a connection's own frames change in its row. Each is charged in the same write. */
export function createFrameUpdates(
  database: Database,
  table: string,
  names: RoomNames,
): Pick<ConnectionRoomStore, 'join' | 'leave' | 'renewLease' | 'foreseeJoin' | 'foreseeLeave'> {
  const chargeFrame = (id: string, charge: Charge, leaseUntil: number, update: FrameUpdate, judge?: Judge) =>
    chargeConnection({ database, table, id, charge, leaseUntil, judge }, update);

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
        refuses: (row) => refusesJoin(row, key, maxRooms, clearedFence),
      });
      if ('kind' in outcome) return outcome;
      const { fence = 0, lapsed, ttl = 0 } = outcome.row ?? {};
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
        refuses: (row) => refusesLeave(row, charge),
      });
      if ('kind' in outcome) return outcome;
      return { wasMember: outcome.row?.rooms?.has(key) ?? false, fence: outcome.row?.fence ?? 0 };
    },

    async foreseeJoin(id, room, charge, maxRooms) {
      const key = roomKey(id, room);
      const found = await foreseeCharge({ database, table, id, charge }, (row) =>
        refusesJoin(row, key, maxRooms, row.fence ?? 0),
      );
      if ('kind' in found) return found;
      const { way, row } = found;
      const isMember = row.rooms?.has(key) ?? false;
      const isLeaving = !isMember && (row.leaving?.has(key) ?? false);
      return { way, isMember, isLeaving, isBarred: isBarred(row, key), fence: row.fence ?? 0 };
    },

    foreseeLeave: (id, charge) =>
      foreseeCharge({ database, table, id, charge }, (row) => refusesLeave(row, charge)),

    async renewLease(id, charge, leaseUntil, judge) {
      const outcome = await chargeFrame(id, charge, leaseUntil, { gives: 'ALL_NEW' }, judge);
      if ('kind' in outcome) return outcome;
      const { rooms, lapsed, untold } = outcome.row ?? {};
      const has = (room: string) =>
        (rooms?.has(roomKey(id, room)) ?? false) && !lapsed?.has(roomMark(id, room));
      return { rooms: { has }, hasUntold: untold !== undefined };
    },
  };
}

function refusesJoin(
  row: ConnectionRow,
  key: string,
  maxRooms: number,
  clearedFence?: number,
): Refusal | undefined {
  const { rooms, fence = 0 } = row;
  if (isBarred(row, key) && fence !== clearedFence) return { kind: 'banned', fence };
  const isFull = (rooms?.size ?? 0) >= maxRooms && !rooms?.has(key);
  return isFull ? { kind: 'tooManyRooms' } : undefined;
}

function isBarred({ barred }: Pick<ConnectionRow, 'barred'>, key: string): boolean {
  return barred?.has(key) || barred?.has(EVERYWHERE) || false;
}

function refusesLeave({ leaving }: ConnectionRow, charge: Charge): Refusal | undefined {
  return (leaving?.size ?? 0) < MAX_LEAVING ? undefined : contended(charge);
}

function contended({ costMs }: Charge): RateLimited {
  return { kind: 'rateLimited', retryAfterMs: costMs, contended: true };
}

function fenceIs(fence: number): string {
  return fence === 0 ? 'attribute_not_exists(#fence)' : '#fence = :fence';
}
