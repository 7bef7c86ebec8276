import { ChatError } from '../../client/index';
import { LIMITS } from '../../lib/protocol';

/** A `fetch` that tells the bytes it has read, and reads no more than a file may have. */
export function fetchFile(onProgress: (bytes: number) => void): typeof fetch {
  return async (input, init) => {
    const { body, status, statusText, headers } = await fetch(input, init);
    let bytes = 0;
    const counted = body?.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length;
          if (bytes > LIMITS.fileBytes)
            return controller.error(new ChatError('badField', 'The file is larger than a file may be.'));
          onProgress(bytes);
          controller.enqueue(chunk);
        },
      }),
    );
    return new Response(counted ?? null, { status, statusText, headers });
  };
}
