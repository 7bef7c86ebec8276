import { createPresence, type Presence } from '../../client/presence';
import type { Concern, World } from './concern';
import type { Client } from './fleet';
import { FROZEN_MS } from './lambda';
import { between, pick } from './random';

/**
 * Containers whose clocks differ by more than a part of the lease disagree on what is present. One may take a room from
 * a member, who gets it back by the next heartbeat.
 */
export const MAX_SKEW_MS = 5_000;
/** A user that ended without a word is shown for this long at most, in milliseconds. */
const GHOST_MS = 160_000;
/** A word that a user is typing is on its way for this long at most, and then shown, in milliseconds. */
const TYPING_SHOWN_MS = 1_000;
const TYPING_ENDS_MS = 8_000;
/** Faults that began before they were stopped have come to their ends. */
const HEALED_MS = FROZEN_MS + 60_000;
const TYPED = 30;

/** Where nothing fails, and a while after all faults, presence shows exactly the users that are in a room. */
export const presences: Concern = (world) => {
  const { scenario, clock, dice, checker, fleet } = world;
  const isCalm = scenario.kind === 'calm' || scenario.kind === 'joins';
  const rests = scenario.restsMs !== undefined;
  if (!(isCalm || rests) || scenario.skewMs > MAX_SKEW_MS) return undefined;
  const followed = new Map<Client, Map<string, Presence>>();
  for (const client of fleet.clients)
    followed.set(
      client,
      new Map(scenario.rooms.map((room) => [room, createPresence(client.chat, room, { clock })])),
    );
  if (rests) {
    loseOne(world, followed);
    typeOften(world, followed);
  }

  return () => {
    for (const client of fleet.clients)
      for (const [room, { snapshot }] of followed.get(client) ?? []) {
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

type Followed = ReadonlyMap<Client, ReadonlyMap<string, Presence>>;

/** After the faults a client ends without a word; the others show its user no longer than its lease allows. */
function loseOne({ scenario, clock, random, dice, checker, fleet }: World, followed: Followed): void {
  const findGhosts = (user: string): void => {
    if (fleet.clientsOf(user).length > 0) return;
    for (const client of fleet.clients)
      for (const [room, { snapshot }] of followed.get(client) ?? [])
        if (snapshot.members.some(({ id }) => id === user))
          checker.report('wrongPresence', `${client.name} still sees ${user} in ${room}`);
  };
  clock.after(scenario.lastsMs + HEALED_MS, () => {
    const client = pick(random, fleet.clients);
    dice.count('client ended without a word');
    fleet.crash(client);
    for (const presence of followed.get(client)?.values() ?? []) presence.stop();
    clock.after(GHOST_MS, () => findGhosts(client.user.id));
  });
}

/** Clients type while things fail; afterwards the others show the one that types, and then show it no more. */
function typeOften({ scenario, clock, random, dice, checker, fleet }: World, followed: Followed): void {
  const typists = (room: string, except: string) =>
    fleet.clients
      .filter(({ user, chat }) => user.id !== except && chat.room(room).snapshot.state === 'joined')
      .map((client) => ({ client, typing: followed.get(client)?.get(room)?.snapshot.typing ?? [] }));
  const type = (): void => {
    const room = pick(random, scenario.rooms);
    followed.get(pick(random, fleet.clients))?.get(room)?.sendTyping();
    dice.count('typed');
  };
  for (let i = 0; i < TYPED; i++) clock.after(between(random, 0, scenario.lastsMs), type);

  const healedAt = scenario.lastsMs + HEALED_MS + (scenario.restsMs ?? 0) - 2 * TYPING_ENDS_MS;
  clock.after(healedAt, () => {
    const room = pick(random, scenario.rooms);
    const typist = pick(random, fleet.clients);
    const { user, chat } = typist;
    if (chat.room(room).snapshot.state !== 'joined') return;
    followed.get(typist)?.get(room)?.sendTyping();
    clock.after(TYPING_SHOWN_MS, () => {
      for (const { client, typing } of typists(room, user.id)) {
        dice.count('typing compared');
        if (typing.map(({ id }) => id).join() !== user.id)
          checker.report('wrongPresence', `${client.name} does not see ${user.id} typing in ${room}`);
      }
    });
    clock.after(TYPING_ENDS_MS, () => {
      for (const { client, typing } of typists(room, user.id))
        if (typing.length > 0)
          checker.report('wrongPresence', `${client.name} sees typing in ${room} for ever`);
    });
  });
}
