import { ChatError } from '../common/errors';
import { askForFile, type FileRequests, unreachable } from './fileRequests';
import type { FileDraft } from './fileTypes';
import { fitName, fitsAsTile, fitType } from './fitForServer';
import { type PostForm, type PostOptions, postForm } from './postForm';

interface Form {
  url: string;
  fields: Record<string, string>;
}

/**
 * Uploads a file to a room, its tile first, and gives its id. @throws ChatError with the server's reason; `unavailable`
 * when there was no answer.
 */
export async function uploadFile(
  requests: FileRequests,
  room: string,
  { name, content, tile: given }: FileDraft,
  options: PostOptions,
): Promise<string> {
  const tile = given && fitsAsTile(given) ? given : undefined;
  const wanted = { name: fitName(name), ...(await sumUp(content)), ...(tile && { tile: await sumUp(tile) }) };
  const answer = await askForFile(requests, `${room}/uploads`, {
    method: 'POST',
    body: JSON.stringify(wanted),
    signal: options.signal,
  });
  const form = (await answer.json()) as Form & { id: string; tile?: Form };
  const { post = postForm } = requests;
  if (tile && form.tile) await submit(post, form.tile, tile, { ...options, onProgress() {} });
  await submit(post, form, content, options);
  return form.id;
}

/** Posts a form with a file. @throws ChatError */
async function submit(
  post: PostForm,
  { url, fields }: Form,
  content: Blob,
  options: PostOptions,
): Promise<void> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', content);
  const status = await post(url, form, options).catch(unreachable);
  if (status >= 200 && status < 300) return;
  const isPermanent = status >= 400 && status < 500 && status !== 408 && status !== 429;
  throw new ChatError(isPermanent ? 'badField' : 'unavailable', `The file was not taken (HTTP ${status}).`);
}

/** What the server signs of a file. @throws ChatError when it can no longer be read. */
async function sumUp(content: Blob): Promise<{ type: string; bytes: number; sha256: string }> {
  return { type: fitType(content.type), bytes: content.size, sha256: await sha256Of(content) };
}

/** The checksum in base64. @throws ChatError when the file can no longer be read. */
async function sha256Of(content: Blob): Promise<string> {
  const bytes = await content.arrayBuffer().catch((cause) => {
    throw new ChatError('badField', 'The file can no longer be read: choose it again.', { cause });
  });
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...sum));
}
