import { type Draft, draftDeletion, draftEdit, draftMessage, type Sending } from '../delivery/entryDrafts';
import { findFiles } from '../files/findFiles';
import type { PublishContext } from '../ports/contexts';
import type { ErrorFrame, User } from '../protocol';
import { reviewWords } from '../review/reviewWords';
import { type ChangeRights, checkTarget } from './editAndDeleteRights';

/** A draft that may be written; `isReplaced` tells that it is other than what its author sent. */
export interface PreparedDraft {
  draft: Draft;
  isReplaced?: boolean;
}

/**
 * Makes the draft of a message or a change that the log does not have. Checks the right to a change, looks the files
 * up, and has the words reviewed. Gives the refusal otherwise.
 * @throws Unavailable when the database or the review does not answer.
 */
export async function prepareDraft(
  context: PublishContext,
  sending: Sending,
  from: User,
  rights: Omit<ChangeRights, 'user'>,
): Promise<PreparedDraft | Pick<ErrorFrame, 'code' | 'message'>> {
  switch (sending.action) {
    case 'sendMessage': {
      const files = sending.files && (await findFiles(context.files, from.id, sending.room, sending.files));
      if (files && 'code' in files) return files;
      const reviewed = await reviewWords(context, from, sending, files);
      if ('code' in reviewed) return reviewed;
      return { draft: draftMessage(reviewed.words, from, files), isReplaced: reviewed.isReplaced };
    }
    case 'editMessage': {
      const right = await checkTarget(context, sending, { user: from.id, ...rights });
      if ('code' in right) return right;
      const reviewed = await reviewWords(context, from, sending);
      if ('code' in reviewed) return reviewed;
      return { draft: draftEdit(reviewed.words, from), isReplaced: reviewed.isReplaced };
    }
    case 'deleteMessage': {
      const right = await checkTarget(context, sending, { user: from.id, ...rights });
      return 'code' in right ? right : { draft: draftDeletion(sending, from, right.by) };
    }
    default:
      return sending satisfies never;
  }
}
