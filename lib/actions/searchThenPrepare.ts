import type { SearchedDraft } from '../delivery/appendAndAcknowledge';
import {
  draftDeletion,
  draftEdit,
  draftMessage,
  type SendDraft,
  type Sending,
} from '../delivery/entryDrafts';
import { findFiles } from '../files/findFiles';
import type { DuplicateSearch, SearchOptions } from '../log/findDuplicate';
import { takeTurn } from '../moderation/roomRules';
import type { PublishContext } from '../ports/contexts';
import type { User } from '../protocol';
import type { ErrorDetails } from '../protocol/errorReplies';
import { reviewWords } from '../review/reviewWords';
import { type ChangeRights, checkTarget } from './editAndDeleteRights';

/**
 * Searches the log for a send, and prepares what it does not have. The right to a change is checked, and words are
 * reviewed, only after the search: a repeat of what is in the log is acknowledged, whatever the right is by now.
 * @throws Unavailable when the database or the review does not answer.
 */
export async function searchThenPrepare(
  context: PublishContext,
  sending: Sending,
  send: SendDraft,
  rights: ChangeRights,
  search: (options?: SearchOptions) => Promise<DuplicateSearch>,
): Promise<SearchedDraft | ErrorDetails> {
  const found = await search();
  if (found.kind !== 'notFound') return { draft: send, search: found };
  const prepared = await prepareInTurn(context, sending, send, found.head, rights);
  if (!('code' in prepared)) return { ...prepared, search: found };
  // What an earlier attempt did is no reason to refuse it: the memory may not know of it yet.
  const again = await search({ inMemory: false });
  return again.kind === 'notFound' ? prepared : { draft: send, search: again };
}

/** Prepares a send, then takes the turn of its author where the room is in slow mode. */
async function prepareInTurn(
  context: PublishContext,
  sending: Sending,
  send: SendDraft,
  head: number,
  rights: ChangeRights,
): Promise<Omit<SearchedDraft, 'search'> | ErrorDetails> {
  const prepared = await prepareDraft(context, sending, send.from, rights);
  if ('code' in prepared || sending.action !== 'sendMessage') return prepared;
  return (await takeTurn(context, send, head, rights)) ?? prepared;
}

/** Checks the right to a change, looks the files up, and has the words reviewed. Gives the refusal otherwise. */
async function prepareDraft(
  context: PublishContext,
  sending: Sending,
  from: User,
  rights: ChangeRights,
): Promise<Omit<SearchedDraft, 'search'> | ErrorDetails> {
  switch (sending.action) {
    case 'sendMessage': {
      const files = sending.files && (await findFiles(context.files, from.id, sending.room, sending.files));
      if (files && 'code' in files) return files;
      const reviewed = await reviewWords(context, from, sending, {
        files,
        onlyAsMember: rights.onlyAsMember,
      });
      if ('code' in reviewed) return reviewed;
      return { draft: draftMessage(reviewed.words, from, files), isReplaced: reviewed.isReplaced };
    }
    case 'editMessage': {
      const right = await checkTarget(context, sending, from.id, rights);
      if ('code' in right) return right;
      const reviewed = await reviewWords(context, from, sending);
      if ('code' in reviewed) return reviewed;
      return { draft: draftEdit(reviewed.words, from), isReplaced: reviewed.isReplaced };
    }
    case 'deleteMessage': {
      const right = await checkTarget(context, sending, from.id, rights);
      return 'code' in right ? right : { draft: draftDeletion(sending, from, right.by) };
    }
    default:
      return sending satisfies never;
  }
}
