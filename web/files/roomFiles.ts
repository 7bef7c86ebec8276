import { use } from 'react';
import type { Chat, Room } from '../../client';
import { createBrowserUploads, type Files } from '../../client/files';
import { type FilesView, filesOf, useFiles } from '../../client/react/files';
import { type FilesPlace, FilesPlaceContext } from './context';

const store = createBrowserUploads();

/** The files of a room. They go on while the user reads another room. */
export function filesIn(chat: Chat, name: string, token: FilesPlace['token']): Files {
  return filesOf(chat, name, { url: location.origin, token, store });
}

/** The files of the open room, for reading them. */
export function useRoomFiles(): Files {
  const { chat, name, token } = usePlace();
  return filesIn(chat, name, token);
}

/** The uploads to the open room. */
export function useUploads(): FilesView {
  const { chat, name, token } = usePlace();
  return useFiles(chat, name, { url: location.origin, token, store });
}

/** The open room. */
export function usePlaceRoom(): Room {
  const { chat, name } = usePlace();
  return chat.room(name);
}

function usePlace(): FilesPlace {
  const place = use(FilesPlaceContext);
  if (!place) throw new Error('Files need the open room around them.');
  return place;
}
