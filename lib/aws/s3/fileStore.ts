import type { FileStore } from '../../ports/fileStore';
import { Unavailable } from '../../ports/unavailable';
import { required } from '../../util/environment';
import { isTransient } from '../callFailure';
import { readCredentials } from '../credentials';
import { bucketAddress } from './bucketAddress';
import { type AddressRequest, signQuery } from './signature';

const CALL_TTL_SECONDS = 60;
const CALL_TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 2;
const MAX_KEYS = 1_000;

/** Keeps the files of messages in an S3 bucket. */
export function createFileStore(bucket: string, env: Record<string, string | undefined>): FileStore {
  const region = required(env, 'AWS_REGION');
  const { origin, host, base } = bucketAddress(bucket, region, env);
  const signAddress = (request: Omit<AddressRequest, 'host'>, now: number): string => {
    const signing = { credentials: readCredentials(env), region, now };
    return `${origin}${request.path}?${signQuery({ ...request, host }, signing)}`;
  };

  const call = async (
    method: AddressRequest['method'],
    key: string,
    query: Record<string, string> = {},
  ): Promise<Response> => {
    let reason = '';
    let isRefused = false;
    for (let left = MAX_ATTEMPTS; left > 0; left--) {
      const request = { method, path: `${base}/${key}`, query, expiresInSeconds: CALL_TTL_SECONDS };
      try {
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
        const response = await fetch(signAddress(request, Date.now()), { method, signal });
        if (response.ok || response.status === 404) return response;
        const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? '';
        isRefused = !isTransient(response.status, code);
        reason = `status ${response.status} ${code}`.trim();
      } catch (error) {
        isRefused = false;
        reason = String((error as Error).name);
      }
    }
    if (isRefused) throw new Error(`S3 refused ${method} of a file: ${reason}`);
    throw new Unavailable(`A call of S3 did not finish: ${reason}.`);
  };
  const done = async (response: Response): Promise<void> => response.body?.cancel();

  return {
    async find(key) {
      const { ok, headers } = await call('HEAD', key);
      if (!ok) return undefined;
      return {
        name: decodeURIComponent(headers.get('x-amz-meta-name') ?? ''),
        type: headers.get('content-type') ?? '',
        bytes: Number(headers.get('content-length')),
        isPending: Number(headers.get('x-amz-tagging-count') ?? 0) > 0,
        hasTile: headers.has('x-amz-meta-tile'),
      };
    },

    keep: async (key) => done(await call('DELETE', key, { tagging: '' })),
    remove: async (key) => done(await call('DELETE', key)),

    async list(prefix) {
      const response = await call('GET', '', { 'list-type': '2', 'max-keys': String(MAX_KEYS), prefix });
      return [...(await response.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
    },
  };
}
