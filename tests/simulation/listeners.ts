import type { Concern } from './concern';
import { between } from './random';

/** One user writes this often, so that each listener hears of the room before a ping is due, in milliseconds. */
const SPEAKS_EVERY_MS = { from: 4_000, to: 14_000 };
/** How often the leases of the listeners are looked at, in milliseconds. */
const LOOKS_EVERY_MS = 5_000;
/** A listener's first ping tells what the server wants; the next one follows at the latest this long after, in milliseconds. */
const PINGS_EVERY_MS = 270_000;

/** One user writes and the others only listen: what comes spares them their pings, and their leases never end. */
export const listeners: Concern = ({ scenario, clock, random, dice, checker, stores, gateway, fleet }) => {
  if (scenario.kind !== 'listeners') return undefined;
  const endsAt = clock.now() + scenario.lastsMs;
  const [room = ''] = scenario.rooms;
  const [speaker, ...others] = fleet.clients;
  const pongs = new Map(others.map((client) => [client, 0]));
  for (const client of others)
    client.chat.on('frame', ({ type }) => {
      if (type === 'pong' && clock.now() <= endsAt) pongs.set(client, (pongs.get(client) ?? 0) + 1);
    });

  const speak = (): void => {
    if (!speaker || clock.now() > endsAt) return;
    fleet.say(speaker, room, `heard ${checker.sends}`);
    clock.after(between(random, SPEAKS_EVERY_MS.from, SPEAKS_EVERY_MS.to), speak);
  };
  const look = async (): Promise<void> => {
    if (clock.now() > endsAt) return;
    clock.after(LOOKS_EVERY_MS, look);
    for await (const members of stores.members.list(room, 100)) {
      const known = await stores.connections.find(members.map(({ id }) => id));
      for (const each of known) {
        dice.count('lease looked at');
        if (each.lease <= clock.now() && gateway.isLive(each.id))
          checker.report('wrongPresence', `${each.user.id} is connected, and counts as gone`);
      }
    }
  };
  for (const client of fleet.clients) fleet.enter(client, room);
  speak();
  void look();

  return () => {
    for (const [{ name }, count] of pongs) {
      if (count > 2 + scenario.lastsMs / PINGS_EVERY_MS)
        checker.report('needless', `${name} pinged ${count} times although it heard all the time`);
    }
  };
};
