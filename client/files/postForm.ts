/** How a form is posted. */
export interface PostOptions {
  signal: AbortSignal;
  /** Told of the bytes of the form that were sent. */
  onProgress(bytes: number): void;
}

/** Posts a form, and gives the status of the answer. Rejects when there is none, or when `signal` ends it. */
export type PostForm = (url: string, form: FormData, options: PostOptions) => Promise<number>;

/** Posts by XMLHttpRequest, as `fetch` does not tell what was sent; by `fetch` where there is no other way. */
export const postForm: PostForm = (url, form, { signal, onProgress }) =>
  'XMLHttpRequest' in globalThis
    ? new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const abort = (): void => request.abort();
        request.upload.onprogress = ({ loaded }) => onProgress(loaded);
        request.onload = () => resolve(request.status);
        request.onerror = () => reject(new Error('The upload has ended without an answer.'));
        request.onabort = () => reject(signal.reason);
        request.onloadend = () => signal.removeEventListener('abort', abort);
        signal.throwIfAborted();
        signal.addEventListener('abort', abort);
        request.open('POST', url);
        request.send(form);
      })
    : fetch(url, { method: 'POST', body: form, signal }).then(({ status }) => status);
