import type { Concern } from './concern';
import { between, pick } from './random';

/** Clients enter rooms and send messages, many at a time. */
export const sends: Concern = ({ scenario, clock, random, fleet }) => {
  for (const client of fleet.clients)
    for (const room of scenario.rooms)
      if (random() < scenario.membership)
        clock.after(between(random, 0, scenario.lastsMs / 2), () => void fleet.enter(client, room));
  for (let i = 0; i < scenario.sends; i++) {
    const at = pick(random, scenario.bursts) + between(random, 0, scenario.burstMs);
    clock.after(at, () => {
      // Every page may have ended.
      if (fleet.clients.length === 0) return;
      fleet.say(pick(random, fleet.clients), pick(random, scenario.rooms), `text ${i}`);
    });
  }
  return undefined;
};

/** One client writes to a room while the others enter it. */
export const encounters: Concern = ({ scenario, clock, random, fleet }) => {
  for (const at of scenario.encounters) {
    const room = pick(random, scenario.rooms);
    const [writer, ...others] = [...fleet.clients].sort(() => random() - 0.5);
    for (const other of others) {
      clock.after(at - 3_000, () => other.chat.room(room).leave());
      clock.after(at + between(random, -80, 80), () => fleet.reenter(other, room));
    }
    clock.after(at, () => writer && fleet.say(writer, room, `encounter at ${at}`));
  }
  return undefined;
};

/** Clients leave rooms and return, at once or later. */
export const leaves: Concern = ({ scenario, clock, random, dice, fleet }) => {
  for (let i = 0; i < scenario.leaves; i++)
    clock.after(between(random, 0, scenario.lastsMs), () => {
      const client = pick(random, fleet.clients);
      const [room] = [...client.asked].sort(() => random() - 0.5);
      if (room === undefined) return;
      dice.count('room left');
      client.chat.room(room).leave();
      clock.after(random() < 0.5 ? 0 : between(random, 0, 10_000), () => fleet.reenter(client, room));
    });
  return undefined;
};

/** Every socket is cut at once. */
export const cuts: Concern = ({ scenario, clock, random, dice, gateway }) => {
  for (let i = 0; i < scenario.cuts; i++)
    clock.after(between(random, 0, scenario.lastsMs), () => {
      dice.count('every socket cut');
      gateway.cutAll();
    });
  return undefined;
};
