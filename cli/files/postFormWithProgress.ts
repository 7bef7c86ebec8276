import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { PostForm } from '../../client/files';

const CHUNK_BYTES = 64 * 1024;

/** Posts a form with its length, which S3 wants, and tells what was sent. */
export const postFormWithProgress: PostForm = async (url, form, { signal, onProgress }) => {
  const encoded = new Response(form);
  const body = new Uint8Array(await encoded.arrayBuffer());
  const headers = {
    'content-type': encoded.headers.get('content-type') ?? '',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http;
    const posted = request(url, { method: 'POST', headers, signal }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    posted.on('error', reject);
    Readable.from(chunksOf(body, onProgress)).pipe(posted);
  });
};

function* chunksOf(body: Uint8Array, onProgress: (bytes: number) => void): Generator<Uint8Array> {
  for (let from = 0; from < body.length; from += CHUNK_BYTES) {
    onProgress(from);
    yield body.subarray(from, from + CHUNK_BYTES);
  }
}
