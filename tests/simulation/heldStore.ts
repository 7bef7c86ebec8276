import { keyFor, placeOf } from '../../lib/aws/dynamodb/heldRows';
import type { HeldErasureStore, HeldMessage, HeldQueue, HeldStore } from '../../lib/ports/heldStore';

export type AllHeld = HeldStore & HeldQueue & HeldErasureStore;

type StoredMessage = HeldMessage & { key: { r: string; c: string }; until: number; isShared: boolean };

/** Held messages in memory: see `createStores`. */
export function createHeldStore(): AllHeld {
  const rows = new Map<string, StoredMessage>();
  const nameOf = ({ r, c }: { r: string; c: string }) => `${r} ${c}`;
  const placeIn = ({ key, at }: StoredMessage) => placeOf({ ...key, at: Math.floor(at) }).c;
  const isOpen = (now: number) => (row: StoredMessage) => Math.ceil(row.until / 1000) * 1000 > now;
  const inRoom = (room: string) =>
    [...rows.values()]
      .filter(({ request }) => request.room === room)
      .sort((a, b) => (placeIn(a) < placeIn(b) ? -1 : 1));
  const toListed = (row: StoredMessage) => {
    const { request, at, onlyAsMember } = row;
    return { held: placeIn(row), request, at, ...(onlyAsMember && { onlyAsMember }) };
  };
  const forgetSome = (all: readonly StoredMessage[], limit: number) => {
    const some = all.slice(0, limit);
    for (const { key } of some) rows.delete(nameOf(key));
    return { forgotten: some.length, isDone: all.length < limit };
  };

  return {
    async add(subject, message, { perUser, until }) {
      const { from, room } = message.request;
      const key = keyFor(from.id, room, subject);
      const known = rows.get(nameOf(key));
      const isKnown = known !== undefined && isOpen(message.at)(known);
      const others = [...rows.values()].filter((row) => row.key.r === key.r && row !== known);
      if (others.filter(isOpen(message.at)).length >= perUser) return 'tooMany';
      if (isKnown) known.isShared = true;
      else rows.set(nameOf(key), { ...message, key, until, isShared: false });
      return 'added';
    },
    async withdraw(subject, { from, room }) {
      const name = nameOf(keyFor(from.id, room, subject));
      if (!rows.get(name)?.isShared) rows.delete(name);
    },
    async find(room, held, now) {
      const found = inRoom(room).find((row) => placeIn(row) === held);
      return found && isOpen(now)(found) ? toListed(found) : undefined;
    },
    async readPage(room, from, limit, now) {
      // DynamoDB refuses an empty key.
      if (from === '') throw new Error('A key is empty.');
      const after = inRoom(room).filter((row) => from === undefined || placeIn(row) > from);
      const page = after.slice(0, limit);
      const last = page.at(-1);
      const messages = page.filter(isOpen(now)).map(toListed);
      return last && after.length > limit ? { messages, next: placeIn(last) } : { messages };
    },
    async remove(room, held) {
      for (const row of inRoom(room)) if (placeIn(row) === held) rows.delete(nameOf(row.key));
    },
    forgetSome: async (user, limit) =>
      forgetSome(
        [...rows.values()].filter(({ request }) => request.from.id === user),
        limit,
      ),
    forgetSomeIn: async (room, limit) => forgetSome(inRoom(room), limit),
  };
}
