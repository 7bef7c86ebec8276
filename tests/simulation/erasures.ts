import { readExportPage } from '../../lib/operator/exportCommand';
import type { Concern } from './concern';
import { between, pick, whole } from './random';

/** The operator erases messages and exports logs while others write. */
export const erasures: Concern = ({ scenario, clock, random, dice, checker, stores }) => {
  const erase = (): void => {
    const room = pick(random, scenario.rooms);
    const rows = stores.rows.get(room) ?? [];
    const seq = whole(random, 1, Math.max(1, rows.length - 1));
    const row = rows[seq];
    if (row?.entry.type !== 'message') return;
    dice.count('message erased');
    row.erased = true;
  };

  const exportLog = async (): Promise<void> => {
    const room = pick(random, scenario.rooms);
    dice.count('log exported');
    const { messages } = await readExportPage({ log: stores.log, clock }, room);
    for (const [i, entry] of messages.entries()) {
      if (entry.seq !== (messages[0]?.seq ?? 0) + i && scenario.retentionMs === undefined)
        checker.report('wrongExport', `${room}/${entry.seq} follows a hole in the export`);
      if (!checker.isTrue(room, entry)) checker.report('wrongExport', `${room}/${entry.seq} is another one`);
    }
  };

  for (let i = 0; i < scenario.erasures; i++) {
    clock.after(between(random, 0, scenario.lastsMs), erase);
    clock.after(between(random, 0, scenario.lastsMs), () => void exportLog());
  }
  return undefined;
};
