import type { User } from '../../lib/protocol';
import type { Concern } from './concern';
import { between, pick } from './random';

/** Every right is back so long before the faults stop, in milliseconds. */
const GIVEN_BACK_MS = 40_000;
/** By then every token with fewer rights has been replaced, and users enter their rooms again. */
const RETURNS_MS = 60_000;

/** What each user's next token allows, by user id. */
export type Grants = Map<string, string>;

const EVERYTHING = '*:rw';

export function grantsOf(grants: Grants, user: User): string {
  return grants.get(user.id) ?? EVERYTHING;
}

/** Users lose a right to a room with their next token, and get it back later. */
export const rights: Concern = ({ scenario, clock, random, dice, fleet, grants }) => {
  if (scenario.rightsChanges === 0) return undefined;
  for (let i = 0; i < scenario.rightsChanges; i++)
    clock.after(between(random, 0, scenario.lastsMs - GIVEN_BACK_MS), () => {
      const { user } = pick(random, fleet.clients);
      dice.count('right taken away');
      grants.set(user.id, `${EVERYTHING} ${pick(random, scenario.rooms)}:${pick(random, ['-', 'r'])}`);
    });
  clock.after(scenario.lastsMs - GIVEN_BACK_MS, () => grants.clear());
  clock.after(scenario.lastsMs + RETURNS_MS, () => {
    for (const client of fleet.clients) for (const room of client.asked) fleet.reenter(client, room);
  });
  return undefined;
};
