import { useCallback, useState } from 'react';
import type { MessageView } from '../../client';
import { aboutFile } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { PICTURES } from '../files/pictures';
import { useRoomFiles } from '../files/roomFiles';
import { saveFile } from '../files/saveFile';
import { sizeOf } from '../files/size';
import { Gallery } from './Gallery';
import { Picture } from './Picture';

export interface MessageFilesProps {
  message: MessageView;
}

/** The files of a message: pictures are shown and open a gallery, and all can be saved. */
export function MessageFiles({ message }: MessageFilesProps) {
  const [opened, setOpened] = useState<string>();
  const close = useCallback(() => setOpened(undefined), []);
  const { seq, files = [] } = message;
  const areTiles = files.filter(({ type }) => PICTURES.has(type)).length > 1;
  return (
    <>
      <ul className={areTiles ? 'message-files many' : 'message-files'} aria-label="Files">
        {files.map((file) => (
          <li key={file.id}>
            {PICTURES.has(file.type) ? (
              <Picture
                seq={seq}
                file={file}
                about={aboutFile(message, file.id)}
                isTile={areTiles}
                onOpen={() => setOpened(file.id)}
              />
            ) : (
              <SaveButton seq={seq} file={file} />
            )}
          </li>
        ))}
      </ul>
      {opened !== undefined && <Gallery message={message} id={opened} onClose={close} />}
    </>
  );
}

interface FileProps {
  seq: number;
  file: FileInfo;
}

function SaveButton({ seq, file }: FileProps) {
  const files = useRoomFiles();
  const [note, setNote] = useState<string>();
  const save = async () => {
    setNote('Loading…');
    try {
      saveFile(await files.read(seq, file.id), file.name);
      setNote(undefined);
    } catch (error) {
      setNote((error as Error).message);
    }
  };
  return (
    <button type="button" className="file-save" onClick={() => void save()}>
      <span className="hidden">Save </span>
      <bdi className="file-name">{file.name}</bdi>
      <small role={note && 'status'}>{note ?? sizeOf(file.bytes)}</small>
    </button>
  );
}
