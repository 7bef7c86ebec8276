import { hashChange, hashContent } from '../log/contentHash';
import type { EntryDraft } from '../log/entryDraft';
import type { Change, Edit } from '../ports/logStore';
import type { Deleter, FileInfo, MessageContent, MessageEntry, User } from '../protocol';
import type { MessageOf } from '../protocol/frames';

/** Something that a user adds to a room's log, with the action that asks for it. */
export type SendDraft<E extends MessageEntry | Change = MessageEntry | Change> = EntryDraft<E> & {
  action: 'sendMessage' | 'editMessage' | 'deleteMessage';
};

type Sent<A extends SendDraft['action']> = Omit<MessageOf<A>, 'action' | 'ref'>;

/** What a socket or a back end asks for. */
export type Sending =
  | ({ action: 'sendMessage' } & Sent<'sendMessage'>)
  | ({ action: 'editMessage' } & Sent<'editMessage'>)
  | ({ action: 'deleteMessage' } & Sent<'deleteMessage'>);

/** Makes the draft that an action asks for; of a deletion as the author's. */
export function draftOf(message: Sending, from: User): SendDraft {
  switch (message.action) {
    case 'sendMessage':
      return draftMessage(message, from);
    case 'editMessage':
      return draftEdit(message, from);
    case 'deleteMessage':
      return draftDeletion(message, from, 'author');
    default:
      return message satisfies never;
  }
}

/** Makes a draft of a message, with what is known of its files. */
export function draftMessage(
  message: Sent<'sendMessage'>,
  from: User,
  files?: readonly FileInfo[],
): SendDraft<MessageEntry> {
  const { room, id, after } = message;
  const content = contentOf(message);
  const toEntry = (seq: number, at: number): MessageEntry => ({
    type: 'message',
    seq,
    id,
    ...content,
    ...(files && { files }),
    from,
    at,
  });
  return { action: 'sendMessage', room, id, after, from, hash: hashContent(content, message.files), toEntry };
}

/** Makes a draft of an edit. */
export function draftEdit(message: Sent<'editMessage'>, from: User): SendDraft {
  const { room, id, of, after } = message;
  const content = contentOf(message);
  const toEntry = (seq: number, at: number): Edit => ({ type: 'edited', seq, id, of, ...content, from, at });
  return { action: 'editMessage', room, id, after, from, hash: hashChange(of, content), toEntry };
}

/** Makes a draft of a deletion by its author or by a moderator. */
export function draftDeletion(
  { room, id, of, after }: Sent<'deleteMessage'>,
  from: User,
  by: Deleter,
): SendDraft {
  const toEntry = (seq: number, at: number): Change => ({ type: 'deleted', seq, id, of, from, at, by });
  return { action: 'deleteMessage', room, id, after, from, hash: hashChange(of), toEntry };
}

function contentOf({ text, kind, data, replyTo, mentions }: MessageContent): MessageContent {
  return {
    text,
    ...(kind !== undefined && { kind }),
    ...(data !== undefined && { data }),
    ...(replyTo !== undefined && { replyTo }),
    ...(mentions !== undefined && { mentions }),
  };
}
