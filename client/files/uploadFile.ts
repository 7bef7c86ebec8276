import { ChatError } from '../common/errors';
import { askForFile, type FileRequests, unreachable } from './fileRequests';
import type { FileDraft } from './fileTypes';
import { fitName, fitType } from './fitForServer';
import { type PostOptions, postForm } from './postForm';

interface Form {
  id: string;
  url: string;
  fields: Record<string, string>;
}

/**
 * Uploads a file to a room, and gives its id. @throws ChatError with the server's reason; `unavailable` when there was no
 * answer.
 */
export async function uploadFile(
  requests: FileRequests,
  room: string,
  { name, content }: FileDraft,
  options: PostOptions,
): Promise<string> {
  const wanted = {
    name: fitName(name),
    type: fitType(content.type),
    bytes: content.size,
    sha256: await sha256Of(content),
  };
  const body = JSON.stringify(wanted);
  const answer = await askForFile(requests, `${room}/uploads`, {
    method: 'POST',
    body,
    signal: options.signal,
  });
  const { id, url, fields } = (await answer.json()) as Form;
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', content);
  const { post = postForm } = requests;
  const status = await post(url, form, options).catch(unreachable);
  if (status >= 200 && status < 300) return id;
  const isPermanent = status >= 400 && status < 500 && status !== 408 && status !== 429;
  throw new ChatError(isPermanent ? 'badField' : 'unavailable', `The file was not taken (HTTP ${status}).`);
}

/** The checksum in base64. @throws ChatError when the file can no longer be read. */
async function sha256Of(content: Blob): Promise<string> {
  const bytes = await content.arrayBuffer().catch((cause) => {
    throw new ChatError('badField', 'The file can no longer be read: choose it again.', { cause });
  });
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...sum));
}
