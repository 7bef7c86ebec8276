import type { Violation } from '../checker';
import type { PlantedBug } from '../plantedBugs';
import { reactionsBugs } from '../reactions/bugs';

const DELIVER = 'lib/reactions/deliverReactions.ts';
const CLIENT = 'client/reactions.ts';

/** The simulation of reactions alone finds the others: they need more reactions at a time. */
const SHARED = [
  'keeps no version',
  'adds the difference to what the message shows',
  'erases a user without a new entry',
];

/** Mistakes with reactions, among edits, deletions, removed users and rows that expire, in the client's own code too. */
export const reactionsAmongChangesBugs: PlantedBug<Violation['kind']>[] = [
  ...reactionsBugs
    .filter(({ name }) => SHARED.includes(name))
    // A count below the users of the sets is seen here as a lost reaction.
    .map((bug): PlantedBug<Violation['kind']> => ({ ...bug, caughtAs: [...bug.caughtAs, 'lost'] })),
  {
    name: 'reads the sets before it waits for its turn',
    file: DELIVER,
    find: '  if (waitMs > 0) await clock.wait(waitMs);\n',
    replace:
      '  const sets = await reactions.readSets(room, of, 1_000);\n' +
      '  if (waitMs > 0) await clock.wait(waitMs);\n',
    also: [
      {
        file: DELIVER,
        find: 'await writeSummary(context, room, of, k);',
        replace:
          'await writeSummary({ ...context, reactions: { ...reactions, readSets: async () => sets } }, room, of, k);',
      },
    ],
    caughtAs: ['lost', 'overtaken', 'diverged'],
  },
  {
    name: 'settles a toggle by the reply alone',
    file: CLIENT,
    find: 'const isMet = change.toggle.k !== undefined && change.met >= change.toggle.k;',
    replace: 'const isMet = change.toggle.k !== undefined;',
    caughtAs: ['lost', 'overtaken', 'diverged'],
  },
  {
    name: 'takes a toggle for settled whose first attempt failed',
    file: CLIENT,
    find: '        else repeatAfter(change, error.retryAfterMs ?? SETTLE_MS, error);',
    replace: '        else settle(change);',
    caughtAs: ['lost', 'overtaken', 'diverged'],
  },
];
