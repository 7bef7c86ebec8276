import { createContext } from 'react';
import type { Chat } from '../../client';

/** What the files of the open room need. */
export interface FilesPlace {
  chat: Chat;
  name: string;
  token(): Promise<string>;
}

/** The open room, for the parts of the page that show and send files. */
export const FilesPlaceContext = createContext<FilesPlace | undefined>(undefined);
