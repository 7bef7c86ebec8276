import type { NewEntry } from '../ports/logStore';
import type { Settings } from '../ports/settings';
import { Unavailable } from '../ports/unavailable';
import { appendEntry } from './appendEntry';
import type { EntryDraft, LogContext } from './entryDraft';
import { expireSuperseded } from './expiry';
import { findDuplicate } from './findDuplicate';
import { readHead } from './readPage';

/** An attempt to append ends after this, in milliseconds. */
const APPEND_TIMEOUT_MS = 10_000;

/** What an entry of the server's own is appended with. */
export type OwnEntryContext = LogContext & { settings: Pick<Settings, 'retentionMs'> };

/** Appends an entry that the server makes: its id is new, and no client repeats it. @throws Unavailable */
export async function appendOwnEntry<E extends NewEntry>(
  context: OwnEntryContext,
  own: Omit<EntryDraft<E>, 'after'>,
): Promise<E> {
  const draft = { ...own, after: await readHead(context, own.room) };
  const search = await findDuplicate(context, draft);
  if (search.kind !== 'notFound') throw new Unavailable('The log of a room could not be followed.');
  const deadline = context.clock.now() + APPEND_TIMEOUT_MS;
  const written = await appendEntry(context, draft, search, deadline, async () => true);
  // A duplicate is this entry itself: it was written, and the answer to that was lost.
  if (written.kind !== 'written' && written.kind !== 'duplicate')
    throw new Unavailable('An entry could not be appended in time.');
  await expireSuperseded(context, own.room, written.superseded);
  return written.kind === 'written' ? written.entry : draft.toEntry(written.seq, written.at);
}
