import { parseRoom, type User } from '../../lib/protocol';
import type { OutboxRecord } from '../world';

export interface FoundOptions {
  user(): User | undefined;
  /** Of another user's records, those that are of no use to anybody any more. */
  isTooOld(record: OutboxRecord): boolean;
  restore(room: string, records: readonly OutboxRecord[]): void;
  remove(id: string): void;
}

/** Sends that an earlier page has left: they wait until it is known that this is their user. */
export interface Found {
  add(records: readonly OutboxRecord[]): void;
  /** Gives the rooms what belongs to the user. */
  sort(): void;
  clear(): void;
}

export function createFound({ user, isTooOld, restore, remove }: FoundOptions): Found {
  let found: OutboxRecord[] = [];

  const sort = (): void => {
    const self = user();
    if (!self) return;
    const isOwn = (record: OutboxRecord) => record.user === undefined || record.user === self.id;
    const own = found.filter(isOwn);
    found = found.filter((record) => !isOwn(record));
    for (const record of found.filter(isTooOld)) remove(record.id);
    for (const room of new Set(own.map((record) => record.room)))
      if (parseRoom(room) !== undefined)
        restore(
          room,
          own.filter((record) => record.room === room),
        );
  };

  return {
    add(records) {
      found.push(...records);
      sort();
    },
    sort,
    clear() {
      found = [];
    },
  };
}
