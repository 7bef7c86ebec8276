import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createOutbox } from 'edge-chat/outbox';

const TABLE = `CREATE TABLE IF NOT EXISTS sends (
  id TEXT PRIMARY KEY, pid INTEGER, client TEXT, at INTEGER, position INTEGER, record TEXT
)`;

/** Keeps sends in a SQLite file, which processes of one machine may share. */
export function createSqliteOutbox(file) {
  return createOutbox({
    open() {
      const database = new DatabaseSync(file, { timeout: 5_000 });
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLE}`);
      const client = randomUUID();
      const run = (sql, ...values) => database.prepare(sql).run(...values);

      return {
        /** Takes over the sends of processes that have ended and of clients that were closed. */
        adopt() {
          const orphans = database
            .prepare('SELECT DISTINCT pid FROM sends')
            .all()
            .filter(({ pid }) => !isAlive(pid));
          const adopted = orphans.flatMap(({ pid }) =>
            database
              .prepare('UPDATE sends SET pid = ?, client = ? WHERE pid IS ? RETURNING at, position, record')
              .all(process.pid, client, pid),
          );
          return adopted
            .sort((a, b) => a.at - b.at || a.position - b.position)
            .map(({ record }) => JSON.parse(record));
        },

        /** Nothing is sent before its record is on the disk. */
        put(record) {
          const { changes } = run(
            `INSERT INTO sends VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET record = excluded.record WHERE client = excluded.client`,
            record.id,
            process.pid,
            client,
            record.at,
            record.order,
            JSON.stringify(record),
          );
          return changes > 0 ? 'kept' : 'lost';
        },

        remove(id) {
          run('DELETE FROM sends WHERE id = ? AND client = ?', id, client);
        },

        close() {
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
