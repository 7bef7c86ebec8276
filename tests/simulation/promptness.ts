import type { World } from './concern';
import type { Client } from './fleet';
import { pick } from './random';

/** After the faults have healed, every joined client shows a new message within this, in milliseconds. */
export const PROMPT_AGAIN_MS = 3_000;
/** A ping, and the join that it leads to, take this at most, in milliseconds. */
export const HEARTBEAT_MS = 33_000;
const MAX_WAIT_MS = 15_000;
const LOOKS_EVERY_MS = 250;

/**
 * Leaves that came a second time, long after the reply to the first, put clients out of rooms: their next ping heals
 * that. A join that also came twice, and died, may hide it from that ping: the ping after the next message heals that.
 */
export async function healLeaves(world: World): Promise<void> {
  world.dice.count('healed after a leave that came twice');
  await world.clock.runUntil(world.clock.now() + HEARTBEAT_MS);
  await expectShown(world, 'the last but one', HEARTBEAT_MS);
}

/** A message in each room reaches every joined client within a time. */
export async function expectShown(world: World, words: string, withinMs: number): Promise<void> {
  const { clock, random, dice, checker, fleet, scenario } = world;
  const isJoined = ({ chat, user }: Client, room: string) =>
    chat.room(room).snapshot.state === 'joined' && user.id !== scenario.slowUser;
  const told = scenario.rooms.map((room) => ({
    room,
    clients: fleet.clients.filter((client) => isJoined(client, room)),
    text: `${words} in ${room}`,
  }));
  for (const { room, clients, text } of told)
    if (clients.length > 0) clock.after(0, () => fleet.say(pick(random, clients), room, text));
  const isWritten = () =>
    told.every(({ room, clients, text }) => clients.length === 0 || checker.seqOf(room, text) !== undefined);
  // Where clocks differ by seconds, a bucket may make a sender wait.
  const latest = clock.now() + MAX_WAIT_MS;
  while (!isWritten() && clock.now() < latest) await clock.runUntil(clock.now() + LOOKS_EVERY_MS);
  await clock.runUntil(clock.now() + withinMs);
  for (const { room, clients } of told)
    for (const client of clients) {
      dice.count('prompt after healing');
      if (client.chat.room(room).snapshot.cursor !== checker.head(room))
        checker.report('late', `${client.name} did not show "${words}" of ${room} in time`);
    }
}
