import type { ErrorCode } from '../../lib/protocol';
import { ChatError } from '../common/errors';
import type { PostForm } from './postForm';

/** Where files are asked for, and as whom. */
export interface FileRequests {
  /** The deployment, such as `https://d111111abcdef8.cloudfront.net`. */
  url: string;
  /** Gives the token that the chat uses. A token of another user cannot send what it uploads. */
  token(): string | Promise<string>;
  /** By default the global `fetch`. */
  ask?: typeof fetch;
  /** By default an XMLHttpRequest where there is one, which tells the progress. */
  post?: PostForm;
}

/** Asks the HTTP API about a room's files. @throws ChatError with the server's reason, or `unavailable`. */
export async function askForFile(
  requests: FileRequests,
  path: string,
  request: RequestInit,
): Promise<Response> {
  const { url, ask = fetch } = requests;
  const authorization = `Bearer ${await askForToken(requests)}`;
  const headers = { 'content-type': 'application/json', authorization };
  const response = await ask(`${url}/api/rooms/${path}`, {
    ...request,
    headers: request.body ? headers : { authorization },
  }).catch(unreachable);
  if (response.ok) return response;
  const refused = await refusalIn(response);
  // The bucket, to which the API has led, answers no JSON.
  throw (
    refused ??
    new ChatError(goneOrUnavailable(response.status), `The file was not given (HTTP ${response.status}).`)
  );
}

/** Asks the app for the token. @throws ChatError of the app, or `unavailable`. */
export async function askForToken({ token }: FileRequests): Promise<string> {
  try {
    return await token();
  } catch (error) {
    if (error instanceof ChatError) throw error;
    return unreachable(error);
  }
}

/** The error of a network that did not answer. */
export function unreachable(cause: unknown): never {
  if (cause instanceof Error && cause.name === 'AbortError') throw cause;
  throw new ChatError('unavailable', 'The server cannot be reached.', { cause });
}

function goneOrUnavailable(status: number): ErrorCode {
  return status === 404 ? 'gone' : 'unavailable';
}

async function refusalIn(response: Response): Promise<ChatError | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const { code, message, retryAfterMs } = (body as { error?: Partial<ChatError> } | undefined)?.error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  return new ChatError(code, message, typeof retryAfterMs === 'number' ? { retryAfterMs } : {});
}
