import type { ModerationContext } from '../../lib/moderation/recordRemoval';
import { removeUserEverywhere, removeUserFromRoom } from '../../lib/moderation/removeUser';
import { EVERYWHERE } from '../../lib/ports/banStore';
import type { Checker } from './checker';
import type { VirtualClock } from './clock';
import type { Dice } from './faults';
import type { Lambda } from './lambda';
import { between, type Random } from './random';

const BAN_MS = 24 * 3_600_000;
/** How often something is tried again that died or failed, in milliseconds. */
const AGAIN_MS = { from: 50, to: 1_000 };

export interface Moderators {
  /** Keeps a user out of a room, or of all, for a while; ends when they may come again. */
  keepOutAWhile(user: string, room: string, isEverywhere: boolean): Promise<void>;
}

export interface ModeratorsOptions {
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  lambda(): Lambda;
  checker: Checker;
}

/** Moderators, which repeat a kick until it is done. */
export function createModerators({ clock, random, dice, lambda, checker }: ModeratorsOptions): Moderators {
  const insist = async (act: (context: ModerationContext) => Promise<void>): Promise<void> => {
    for (;;) {
      const isDone = await new Promise<boolean>((resolve) => {
        lambda()
          .invoke(act, () => resolve(false))
          .then(
            () => resolve(true),
            () => resolve(false),
          );
      });
      if (isDone) return;
      await clock.wait(between(random, AGAIN_MS.from, AGAIN_MS.to));
    }
  };

  return {
    async keepOutAWhile(user, room, isEverywhere) {
      const order = { user, until: clock.now() + BAN_MS };
      await insist((context) =>
        isEverywhere ? removeUserEverywhere(context, order) : removeUserFromRoom(context, room, order),
      );
      dice.count(isEverywhere ? 'banned everywhere' : 'kicked');
      await clock.wait(random() < 0.5 ? between(random, 500, 12_000) : between(random, 35_000, 45_000));
      checker.readmitted(user);
      await insist((context) => context.users.removeBan(user, isEverywhere ? EVERYWHERE : room));
    },
  };
}
