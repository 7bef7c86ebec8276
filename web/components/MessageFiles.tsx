import { useState } from 'react';
import type { MessageView } from '../../client';
import { aboutFile } from '../../client/files';
import type { FileInfo } from '../../lib/protocol';
import { PICTURES } from '../files/pictures';
import { useRoomFiles } from '../files/roomFiles';
import { saveFile } from '../files/saveFile';
import { sizeOf } from '../files/size';
import { Picture } from './Picture';

export interface MessageFilesProps {
  message: MessageView;
}

/** The files of a message: pictures are shown, and all can be saved. */
export function MessageFiles({ message }: MessageFilesProps) {
  return (
    <ul className="message-files" aria-label="Files">
      {message.files?.map((file) => (
        <li key={file.id}>
          {PICTURES.has(file.type) ? (
            <Picture seq={message.seq} file={file} about={aboutFile(message, file.id)} />
          ) : (
            <SaveButton seq={message.seq} file={file} />
          )}
        </li>
      ))}
    </ul>
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
