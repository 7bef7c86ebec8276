import type { ChatError } from '../common/errors';
import type { Room, Sent } from '../common/roomTypes';
import { withAbout } from './fileData';
import type { PendingUpload } from './pendingUpload';

/** Whether the room has taken a message, and what becomes of it. */
export interface SubmittedUpload {
  isTaken: boolean;
  sent: Promise<Pick<Sent, 'id' | 'seq' | 'at'>>;
}

/** Gives a message whose files are uploaded to the room. The room keeps none that is refused as `gone`. */
export function submitUpload(room: Room, { content, ids, send }: PendingUpload): SubmittedUpload {
  const { files, data, ...words } = content;
  const about = withAbout(
    data,
    files.map((about, i) => ({ id: ids[i] ?? '', about })),
  );
  const find = () => room.snapshot.pending.find((pending) => pending.files?.[0] === ids[0]);
  const sent = room.send({ ...words, text: send.text, ...(about && { data: about }), files: ids });
  return {
    isTaken: find() !== undefined,
    sent: sent.catch((error: ChatError) => {
      const refused = error.code === 'gone' ? find() : undefined;
      if (refused) room.discard(refused.id);
      // An earlier page has sent it, and ended before it could note that: a file has only one message.
      const known = refused && room.snapshot.messages.find(({ files }) => files?.[0]?.id === ids[0]);
      if (known) return known;
      throw error;
    }),
  };
}
