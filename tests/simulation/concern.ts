import type { Canaries } from './changes/canaries';
import type { Checker } from './checker';
import type { VirtualClock } from './clock';
import type { Dice } from './faults';
import type { Fleet } from './fleet';
import type { Gateway } from './gateway';
import type { Lambda } from './lambda';
import type { Random } from './random';
import type { Grants } from './rights';
import type { Scenario } from './scenario';
import type { Stores } from './stores';
import type { Tables } from './tables';

/** What a run consists of. */
export interface World {
  scenario: Scenario;
  clock: VirtualClock;
  random: Random;
  dice: Dice;
  checker: Checker;
  stores: Stores;
  tables: Tables;
  gateway: Gateway;
  lambda: Lambda;
  fleet: Fleet;
  grants: Grants;
  /** Users with an order of a moderator or an operator under way: an order that lifts a ban must not lift another's. */
  underOrder: Set<string>;
  /** What is known of every text, in a run with changes. */
  canaries?: Canaries | undefined;
}

/**
 * One thing that happens in a run, in a file of its own: plans its events when the run begins. What it returns checks,
 * after all faults have healed, what must hold then.
 */
export type Concern = (world: World) => (() => void) | undefined;
