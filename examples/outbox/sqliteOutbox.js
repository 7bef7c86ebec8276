import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createOutbox } from 'edge-chat/outbox';

const TABLE = `CREATE TABLE IF NOT EXISTS sends (
  id TEXT PRIMARY KEY, pid INTEGER, client TEXT, position INTEGER, record TEXT
)`;

/** Keeps sends in a SQLite file, which processes of one machine may share. */
export function createSqliteOutbox(file) {
  return createOutbox({
    async open() {
      const database = new DatabaseSync(file, { timeout: 5_000 });
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLE}`);
      const client = randomUUID();
      const run = (sql, ...values) => database.prepare(sql).run(...values);

      return {
        /** Takes over the sends of processes that have ended and of clients that were closed. */
        async adopt(accepts) {
          const orphans = database
            .prepare('SELECT pid, record FROM sends ORDER BY position')
            .all()
            .filter(({ pid }) => !isAlive(pid))
            .map(({ pid, record }) => ({ pid, record: JSON.parse(record) }))
            .filter(({ record }) => accepts(record));
          return orphans
            .filter(({ pid, record }) => {
              const sql = 'UPDATE sends SET pid = ?, client = ? WHERE id = ? AND pid IS ?';
              return run(sql, process.pid, client, record.id, pid).changes > 0;
            })
            .map(({ record }) => record);
        },

        /** Nothing is sent before its record is on the disk. */
        async put(record) {
          const { changes } = run(
            `INSERT INTO sends VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET record = excluded.record WHERE client = excluded.client`,
            record.id,
            process.pid,
            client,
            record.order,
            JSON.stringify(record),
          );
          return changes > 0 ? 'kept' : 'lost';
        },

        async remove(id) {
          run('DELETE FROM sends WHERE id = ? AND client = ?', id, client);
        },

        async close() {
          run('UPDATE sends SET pid = NULL WHERE client = ?', client);
          database.close();
        },
      };
    },
  });
}

function isAlive(pid) {
  if (pid === null) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
