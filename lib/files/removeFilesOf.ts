import type { Clock } from '../ports/clock';
import type { FileStore } from '../ports/fileStore';
import { settleAll } from '../util/settleAll';
import { prefixOfUser } from './fileKey';

const BATCH_SIZE = 25;
/** Removing a user's files takes at most this long, in milliseconds: a call erases the user's rows before. */
const TIMEOUT_MS = 10_000;

/**
 * Removes all files of a user, also those that no message names.
 * @throws Error when there are more than one call removes.
 */
export async function removeFilesOf(
  { files, clock }: { files?: Pick<FileStore, 'list' | 'remove'>; clock: Clock },
  user: string,
): Promise<void> {
  if (!files) return;
  const deadline = clock.now() + TIMEOUT_MS;
  let keys = await files.list(prefixOfUser(user));
  while (keys.length > 0) {
    for (let from = 0; from < keys.length; from += BATCH_SIZE) {
      if (clock.now() >= deadline)
        throw new Error('The user has more files than one call removes: run the command again.');
      await settleAll(...keys.slice(from, from + BATCH_SIZE).map((key) => files.remove(key)));
    }
    keys = await files.list(prefixOfUser(user));
  }
}
