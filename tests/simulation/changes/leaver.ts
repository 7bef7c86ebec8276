import { removeUserEverywhere, removeUserFromRoom } from '../../../lib/moderation/removeUser';
import { eraseUser } from '../../../lib/operator/eraseCommand';
import type { LogPosition } from '../../../lib/ports/logStore';
import type { World } from '../concern';
import { FROZEN_MS, type SimulatedContext } from '../lambda';
import { between } from '../random';
import { createRecords } from './records';

/** An erasure runs again after this, in milliseconds: every attempt to write that began before it has ended. */
const SETTLE_MS = FROZEN_MS + 90_000;
const BAN_MS = 24 * 3_600_000;
const AGAIN_MS = { from: 200, to: 3_000 };
/** Rows that a call of the scan reads. */
const SCAN_PAGE = 20;

/** Ends a user's pages, removes the user from a room or from all, or does not, and erases the user in two runs. */
export async function eraseLeaver(world: World, user: string): Promise<void> {
  const { scenario, clock, random, dice, stores, lambda, fleet, canaries } = world;
  const insist = async <T>(act: (context: SimulatedContext) => Promise<T>): Promise<T> => {
    for (;;) {
      const done = await new Promise<{ value: T } | undefined>((resolve) => {
        lambda
          .invoke(act, () => resolve(undefined))
          .then(
            (value) => resolve({ value }),
            () => resolve(undefined),
          );
      });
      if (done) return done.value;
      await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
    }
  };
  const pass = async (): Promise<void> => {
    let next: LogPosition | undefined;
    do {
      const from = next;
      const erasures = createRecords(stores, SCAN_PAGE);
      next = (await insist((context) => eraseUser({ ...context, erasures }, user, from))).next;
    } while (next);
  };

  const order = { user, until: clock.now() + BAN_MS };
  const drawn = random();
  if (drawn < 0.6) {
    dice.count('leaver removed');
    await insist((context) =>
      drawn < 0.3
        ? removeUserEverywhere(context, order)
        : removeUserFromRoom(context, scenario.rooms[0] ?? '', order),
    );
  }
  for (const client of fleet.clientsOf(user)) fleet.close(client);
  await pass();
  await clock.wait(SETTLE_MS);
  await pass();
  canaries?.erased(user);
  dice.count('erased');
}
