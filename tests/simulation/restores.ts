import type { Concern } from './concern';

/** The operator puts a backup in the place of the table of messages. */
export const restores: Concern = ({ scenario, clock, random, dice, checker, gateway, tables }) => {
  const { restore } = scenario;
  if (!restore) return undefined;
  clock.after(restore.atMs, () => {
    dice.count('table replaced');
    const part = random() < 0.3 ? 0 : random();
    tables.restore((head) => (restore.hasOwnName ? Math.floor(part * head) : 0), restore.hasOwnName);
    // Without another name only a client that joins again can tell.
    if (!restore.hasOwnName || random() < 0.3) gateway.cutAll();
  });
  return () => {
    for (const place of checker.notReset())
      checker.report('missedReset', `${place} was not told of another log`);
  };
};
