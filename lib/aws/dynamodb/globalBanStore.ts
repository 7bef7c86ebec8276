import { EVERYWHERE } from '../../ports/banStore';
import type { GlobalBanStore } from '../../ports/globalBanStore';
import { type BanRow, banKey } from './banRows';
import { batchGet } from './batchGet';
import type { Database } from './database';

/** Reads bans from every room in the Connections table. */
export function createGlobalBanStore(database: Database, table: string): GlobalBanStore {
  return {
    async findGlobalBan(user, now) {
      const keys = [{ connection: banKey(user, EVERYWHERE) }];
      const [row] = (await batchGet(database, table, keys, ['until', 'signOut'])) as BanRow[];
      if (!row || row.until <= now) return undefined;
      return { until: row.until, ...(row.signOut !== undefined && { isSignOut: true as const }) };
    },
  };
}
