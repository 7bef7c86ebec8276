import type {
  MuteStore,
  Restriction,
  RestrictionErasureStore,
  RestrictionStore,
} from '../../lib/ports/restrictionStore';
import type { RoomRules, RoomSettingsStore, RoomSettingsWriter } from '../../lib/ports/roomSettingsStore';
import type { RoomBan, RoomSettings } from '../../lib/protocol';

export type AllRoomSettings = RoomSettingsStore & RoomSettingsWriter;
export type AllRestrictions = RestrictionStore & MuteStore & RestrictionErasureStore;

interface Row {
  mute?: RoomBan;
  nextAt?: number;
  turn?: string;
  head?: number;
}

/** The settings of rooms in memory: see `createStores`. */
export function createRoomSettings(): AllRoomSettings {
  const rooms = new Map<string, RoomRules>();
  const rulesOf = (room: string): RoomRules => rooms.get(room) ?? { settings: {}, mutedUntil: 0 };
  return {
    read: async (room) => rulesOf(room),
    readAll: async (rooms) => rooms.map(rulesOf),
    async change(room, change) {
      const { settings, mutedUntil } = rulesOf(room);
      const on = Object.entries({ ...settings, ...change }).filter(([, value]) => value);
      const rules = { settings: Object.fromEntries(on) as RoomSettings, mutedUntil };
      rooms.set(room, rules);
      return rules;
    },
    async noteMute(room, until) {
      const { settings, mutedUntil } = rulesOf(room);
      rooms.set(room, { settings, mutedUntil: Math.max(until, mutedUntil) });
    },
  };
}

/** What holds users back in memory, and the mutes of a room for the list of its bans. */
export function createRestrictions(): {
  restrictions: AllRestrictions;
  mutesIn(room: string): { key: string; mute: RoomBan }[];
} {
  const rows = new Map<string, Map<string, Row>>();
  const rowOf = (user: string, room: string): Row => {
    const rooms = rows.get(user) ?? new Map<string, Row>();
    rows.set(user, rooms);
    const row = rooms.get(room) ?? {};
    rooms.set(room, row);
    return row;
  };
  return {
    restrictions: {
      async read(user, room) {
        return restrictionOf(rowOf(user, room));
      },
      async mute(room, { user, until, by }, now) {
        const row = rowOf(user.id, room);
        if ((row.mute?.until ?? 0) < until)
          row.mute = { user, until, at: now, mute: true, ...(by && { by }) };
      },
      async unmute(user, room) {
        delete rowOf(user, room).mute;
      },
      async takeTurn(user, room, { id, after, head, now, nextAt }) {
        const row = rowOf(user, room);
        const isRepeat = row.turn === id && (row.head ?? 0) >= after;
        const isMuted = (row.mute?.until ?? 0) > now;
        if (isMuted || ((row.nextAt ?? 0) > now && !isRepeat)) return restrictionOf(row);
        Object.assign(row, { nextAt, turn: id, head });
        return undefined;
      },
      async forgetSome(user, limit) {
        const rooms = [...(rows.get(user)?.keys() ?? [])];
        for (const room of rooms.slice(0, limit)) rows.get(user)?.delete(room);
        return { forgotten: Math.min(limit, rooms.length), isDone: rooms.length <= limit };
      },
    },
    mutesIn: (room) =>
      [...rows].flatMap(([user, rooms]) => {
        const { mute } = rooms.get(room) ?? {};
        return mute ? [{ key: `mute-of-${user}`, mute }] : [];
      }),
  };
}

function restrictionOf({ mute, nextAt = 0, turn, head = 0 }: Row): Restriction {
  return { mutedUntil: mute?.until ?? 0, nextAt, ...(turn !== undefined && { turn: { id: turn, head } }) };
}
