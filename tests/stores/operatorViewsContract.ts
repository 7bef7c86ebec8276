import { listRooms, type RoomsPage, showRoom } from '../../lib/operator/listRooms';
import { type DirectoryContext, findBans, findConnected, readUser } from '../../lib/operator/readUsers';
import { EVERYWHERE } from '../../lib/ports/banStore';
import type { RoomHead } from '../../lib/ports/roomIndex';
import { describeOnEngine, type Opened } from './describeOnEngine';
import { type Engine, PATIENCE_MS } from './engines';

jest.setTimeout(PATIENCE_MS);

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const LEASE_MS = 90_000;
const clock = { now: () => NOW, wait: async () => {} };
const ann = { id: 'oidc|ann@example.com', name: 'Ann Example' };
const bob = { id: 'oidc|bob', name: 'Bob' };

/** What operators see of rooms and users, on any database. */
export function describeOperatorViews(start: () => Promise<Engine>): void {
  describeOnEngine('what operators see', start, (ofTest) => {
    let opened: Opened;
    let context: DirectoryContext;

    beforeEach(() => {
      opened = ofTest();
      context = { ...opened.stores, clock, leaseMs: LEASE_MS };
    });

    const write = (room: string, seqs: readonly number[]) =>
      Promise.all(
        seqs.map((seq) =>
          opened.stores.log.put(room, {
            ...{ type: 'message', seq, id: `message-${seq}`, text: `Text ${seq}`, from: ann, at: NOW + seq },
          }),
        ),
      );

    const allRooms = async (): Promise<{ heads: RoomHead[]; calls: number }> => {
      const heads: RoomHead[] = [];
      let calls = 0;
      for (let next: RoomsPage['next'] | undefined; calls === 0 || next; calls++) {
        const page = await listRooms({ rooms: opened.stores.rooms, clock }, next);
        heads.push(...page.rooms);
        next = page.next;
      }
      return { heads, calls };
    };

    const connect = async (user: typeof ann, id: string, rooms: readonly string[], leaseUntil: number) => {
      await opened.stores.users.addConnection(user.id, id, 5, NOW);
      await opened.stores.connections.open({ id, user, expiresAt: NOW + HOUR }, leaseUntil);
      const charge = { bucket: 'syncs', now: NOW, costMs: 0, burstMs: 1 } as const;
      for (const room of rooms) await opened.stores.connections.join(id, room, charge, leaseUntil, 50);
    };

    it('lists every room once with its newest entry, over pages, and reads no other rows', async () => {
      const rooms = Array.from({ length: 130 }, (_, i) => `room-${i}`);
      await Promise.all(rooms.map((room, i) => write(room, [1, 2, 3].slice(0, 1 + (i % 3)))));
      let steps = 0;
      const { step } = opened.stores.rooms;
      opened.stores.rooms.step = (from) => {
        steps++;
        return step(from);
      };

      const { heads, calls } = await allRooms();

      const expected = rooms.map((room, i) => ({ room, seq: 1 + (i % 3), at: NOW + 1 + (i % 3) }));
      const byName = (a: RoomHead, b: RoomHead) => a.room.localeCompare(b.room);
      expect(heads.sort(byName)).toEqual(expected.sort(byName));
      expect({ calls, steps }).toEqual({ calls: 2, steps: 131 });
    });

    it('shows one room with its newest entry, and none that has no entry', async () => {
      await write('red', [1, 2]);
      const { rooms } = opened.stores;

      expect(await showRoom({ rooms, clock }, 'red')).toEqual({
        rooms: [{ room: 'red', seq: 2, at: NOW + 2 }],
      });
      expect(await showRoom({ rooms, clock }, 'green')).toEqual({ rooms: [] });
    });

    it('lists no room of an empty stack', async () => {
      expect(await listRooms({ rooms: opened.stores.rooms, clock })).toEqual({ rooms: [] });
    });

    it("shows a user's devices, rooms and bans", async () => {
      await connect(ann, 'c1=', ['red', 'green'], NOW + LEASE_MS);
      await connect(ann, 'c2=', [], NOW);
      await connect(bob, 'c3=', ['red'], NOW + LEASE_MS);
      await opened.stores.users.addBan(ann.id, { room: 'blue', until: NOW + HOUR }, NOW);
      await opened.stores.users.addBan(ann.id, { room: 'over', until: NOW }, NOW);
      await opened.stores.users.addBan(ann.id, { room: EVERYWHERE, until: NOW + 2 * HOUR }, NOW);

      const { bans, ...shown } = await readUser(context, ann.id);

      expect(shown).toEqual({
        user: ann.id,
        isKnown: true,
        devices: [
          { id: 'c1=', name: ann.name, openedAt: NOW, isActive: true, rooms: ['green', 'red'] },
          { id: 'c2=', name: ann.name, openedAt: NOW - LEASE_MS, isActive: false, rooms: [] },
        ],
        hasMoreBans: false,
      });
      expect(bans.sort((a, b) => a.until - b.until)).toEqual([
        { user: ann.id, room: 'blue', until: NOW + HOUR },
        { user: ann.id, until: NOW + 2 * HOUR },
      ]);
    });

    it('shows that a user may have more bans than the row lists', async () => {
      for (let i = 0; i < 11; i++)
        await opened.stores.users.addBan(ann.id, { room: `room-${i}`, until: NOW + HOUR }, NOW);

      expect(await readUser(context, ann.id)).toMatchObject({
        bans: { length: 10 },
        hasMoreBans: true,
      });
      expect((await findBans(context, ann.id)).found).toHaveLength(11);
    });

    it('finds connected users by a part of their name or id, and bans by user or room', async () => {
      await connect(ann, 'c1=', [], NOW + LEASE_MS);
      await connect(ann, 'c2=', [], NOW + LEASE_MS);
      await connect(bob, 'c3=', [], NOW + LEASE_MS);
      await opened.stores.users.addBan(bob.id, { room: 'blue', until: NOW + HOUR }, NOW);
      await opened.stores.users.addBan(
        'guest:1',
        { room: EVERYWHERE, until: NOW + HOUR, isSignOut: true },
        NOW,
      );

      expect(await findConnected(context, 'EXAMPLE')).toEqual({
        found: [{ user: ann.id, name: ann.name, connections: 2 }],
      });
      expect((await findConnected(context, '')).found).toHaveLength(2);
      expect(await findConnected(context, 'nobody')).toEqual({ found: [] });
      expect(await findBans(context, 'BLU')).toEqual({
        found: [{ user: bob.id, room: 'blue', until: NOW + HOUR }],
      });
      expect((await findBans(context, '')).found).toHaveLength(1);
    });

    it('shows a signed-out guest as that until an operator bans the guest for longer', async () => {
      const isSignOut = true;
      await opened.stores.users.addBan('guest:1', { room: EVERYWHERE, until: NOW + HOUR, isSignOut }, NOW);
      expect((await readUser(context, 'guest:1')).bans).toEqual([
        { user: 'guest:1', until: NOW + HOUR, isSignOut },
      ]);
      const { globalBans } = opened.stores;
      expect(await globalBans.findGlobalBan('guest:1', NOW)).toEqual({ until: NOW + HOUR, isSignOut });

      await opened.stores.users.addBan('guest:1', { room: EVERYWHERE, until: NOW + 2 * HOUR }, NOW);
      expect(await findBans(context, 'guest:1')).toEqual({
        found: [{ user: 'guest:1', until: NOW + 2 * HOUR }],
      });
      expect(await globalBans.findGlobalBan('guest:1', NOW)).toEqual({ until: NOW + 2 * HOUR });
      expect(await globalBans.findGlobalBan('guest:1', NOW + 2 * HOUR)).toBeUndefined();
      expect(await globalBans.findGlobalBan('guest:2', NOW)).toBeUndefined();
    });
  });
}
