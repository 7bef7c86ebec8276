import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { MessageView } from '../../client';
import { type AboutFile, aboutFile } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { PICTURES } from './pictures';
import { usePlaceRoom } from './roomFiles';

/** A picture of a message that the room shows. */
export interface ShownPicture {
  message: MessageView;
  file: FileInfo;
  about: AboutFile;
}

/** The pictures of the open room in order; of a message far above its live end, those of the message. */
export function usePictures(message: MessageView): readonly ShownPicture[] {
  const room = usePlaceRoom();
  const messages = useSyncExternalStore(
    useCallback((changed) => room.on('change', changed), [room]),
    () => room.snapshot.messages,
  );
  return useMemo(() => {
    const [first] = messages;
    const isHeld = first !== undefined && message.seq >= first.seq;
    return (isHeld ? messages : [message]).flatMap(picturesOf);
  }, [messages, message]);
}

function picturesOf(message: MessageView): ShownPicture[] {
  const files = message.files?.filter(({ type }) => PICTURES.has(type)) ?? [];
  return files.map((file) => ({ message, file, about: aboutFile(message, file.id) }));
}
