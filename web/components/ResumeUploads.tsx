import { useEffect } from 'react';
import type { Chat } from '../../client';
import type { FilesPlace } from '../files/context';
import { filesIn } from '../files/roomFiles';

export interface ResumeUploadsProps {
  chat: Chat;
  /** The names of the user's rooms. */
  names: readonly string[];
  token: FilesPlace['token'];
}

/** Goes on with what an earlier page has left, in every room of the user. It shows nothing. */
export function ResumeUploads({ chat, names, token }: ResumeUploadsProps) {
  useEffect(() => {
    for (const name of names) filesIn(chat, name, token);
  }, [chat, names, token]);
  return null;
}
