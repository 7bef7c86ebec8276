import { createBackEnd } from './backEnds';
import type { Concern } from './concern';
import { createModerators } from './moderators';
import { between, pick } from './random';

/** A late refusal ends a room for its client: the user joins again so long after the faults stopped, in milliseconds. */
const TRIES_AGAIN_MS = 20_000;

/** Users are removed while they write, join and post over HTTP, and return later. */
export const kicks: Concern = ({ scenario, clock, random, dice, checker, lambda, fleet, underOrder }) => {
  if (scenario.kicks.length === 0) return undefined;
  const moderators = createModerators({ clock, random, dice, lambda: () => lambda, checker });
  const backEnd = createBackEnd({ clock, random, dice, lambda: () => lambda, checker });

  const reenterAll = (user: string): void => {
    for (const client of fleet.clientsOf(user)) for (const name of client.asked) fleet.reenter(client, name);
  };

  const keepOut = async (user: string, room: string): Promise<void> => {
    underOrder.add(user);
    await moderators.keepOutAWhile(user, room, random() < 0.3);
    underOrder.delete(user);
    reenterAll(user);
  };

  for (const at of scenario.kicks)
    clock.after(at - 1_000, () => {
      if (fleet.clients.length === 0) return;
      const client = pick(random, fleet.clients);
      const room = pick(random, scenario.rooms);
      if (underOrder.has(client.user.id)) return;
      // The removed user writes and joins at that very moment, and other users go on writing.
      for (let i = 0; i < 4; i++) {
        clock.after(between(random, 800, 1_300), () =>
          fleet.say(client, room, `my last word, ${checker.sends}`),
        );
        clock.after(between(random, 800, 3_000), () => {
          if (fleet.clients.length > 0)
            fleet.say(pick(random, fleet.clients), room, `among us, ${checker.sends}`);
        });
        clock.after(between(random, 700, 1_500), () => void backEnd.post(client.user, room));
        clock.after(between(random, 700, 1_500), () => {
          client.chat.room(room).leave();
          fleet.reenter(client, room);
        });
      }
      clock.after(1_000, () => void keepOut(client.user.id, room));
    });

  clock.after(scenario.lastsMs + TRIES_AGAIN_MS, () => {
    for (const { user } of fleet.clients) reenterAll(user.id);
  });
  return undefined;
};
