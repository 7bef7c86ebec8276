import { createPresence, type Presence } from '../../client/presence';
import type { Concern } from './concern';

/** Containers whose clocks differ by more than a part of the lease disagree on what is present. */
const MAX_SKEW_MS = 5_000;

/** Where nothing fails, presence shows exactly the users that are in a room. */
export const presences: Concern = ({ scenario, clock, dice, checker, fleet }) => {
  const isCalm = scenario.kind === 'calm' || scenario.kind === 'joins';
  if (!isCalm || scenario.skewMs > MAX_SKEW_MS) return undefined;
  const followed = fleet.clients.map((client) => ({
    client,
    presences: scenario.rooms.map((room): [string, Presence] => [
      room,
      createPresence(client.chat, room, { clock }),
    ]),
  }));

  return () => {
    for (const { client, presences: own } of followed)
      for (const [room, { snapshot }] of own) {
        if (client.chat.room(room).snapshot.state !== 'joined') continue;
        const here = fleet.clients.filter(({ chat }) => chat.room(room).snapshot.state === 'joined');
        const expected = [...new Set(here.map(({ user }) => user.id))].sort();
        const shown = snapshot.members.map(({ id }) => id).sort();
        dice.count('presence compared');
        if (shown.join() !== expected.join())
          checker.report('wrongPresence', `${client.name} sees ${shown} in ${room}, not ${expected}`);
      }
  };
};
