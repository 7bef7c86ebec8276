import type { FileStore, Upload } from '../../ports/fileStore';
import { Unavailable } from '../../ports/unavailable';
import { required } from '../../util/environment';
import { readCredentials } from '../credentials';
import { escapeSegment } from '../escapeSegment';
import { otherEndpoint } from '../otherEndpoint';
import { type AddressRequest, type SigningScope, signForm, signQuery } from './signature';

const UPLOAD_TTL_MS = 600_000;
const READ_TTL_SECONDS = 300;
const CALL_TTL_SECONDS = 60;
const CALL_TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 2;
const MAX_KEYS = 1_000;

/** The lifecycle rule of the bucket removes what has this tag. */
const PENDING = '<Tagging><TagSet><Tag><Key>pending</Key><Value>1</Value></Tag></TagSet></Tagging>';

/** Keeps the files of messages in an S3 bucket. */
export function createFileStore(bucket: string, env: Record<string, string | undefined>): FileStore {
  const region = required(env, 'AWS_REGION');
  const { origin, host, base } = addressOf(bucket, region, otherEndpoint(env, 'AWS_ENDPOINT_URL_S3'));
  const signingAt = (now: number): SigningScope => ({ credentials: readCredentials(env), region, now });
  const signAddress = (request: Omit<AddressRequest, 'host'>, now: number): string =>
    `${origin}${request.path}?${signQuery({ ...request, host }, signingAt(now))}`;

  const call = async (
    method: AddressRequest['method'],
    key: string,
    query: Record<string, string> = {},
  ): Promise<Response> => {
    let reason = '';
    for (let left = MAX_ATTEMPTS; left > 0; left--) {
      const request = { method, path: `${base}/${key}`, query, expiresInSeconds: CALL_TTL_SECONDS };
      try {
        const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
        const response = await fetch(signAddress(request, Date.now()), { method, signal });
        if (response.ok || response.status === 404) return response;
        reason = `status ${response.status}`;
        await response.body?.cancel();
      } catch (error) {
        reason = String((error as Error).name);
      }
    }
    throw new Unavailable(`A call of S3 did not finish: ${reason}.`);
  };
  const done = async (response: Response): Promise<void> => response.body?.cancel();

  return {
    signUpload(key, upload, now) {
      const expiresAt = now + UPLOAD_TTL_MS;
      const form = { bucket, bytes: upload.bytes, expiresAt };
      return {
        url: `${origin}${base}/`,
        fields: signForm(fieldsOf(key, upload), form, signingAt(now)),
        expiresAt,
      };
    },

    signRead: (key, now) =>
      signAddress({ method: 'GET', path: `${base}/${key}`, expiresInSeconds: READ_TTL_SECONDS }, now),

    async find(key) {
      const { ok, headers } = await call('HEAD', key);
      if (!ok) return undefined;
      return {
        name: decodeURIComponent(headers.get('x-amz-meta-name') ?? ''),
        type: headers.get('content-type') ?? '',
        bytes: Number(headers.get('content-length')),
        isPending: Number(headers.get('x-amz-tagging-count') ?? 0) > 0,
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

/** The fields of an upload's form. Browsers save what they read, and never open it as a page. */
function fieldsOf(key: string, { name, type, sha256 }: Upload): Record<string, string> {
  return {
    key,
    'Content-Type': type,
    'Content-Disposition': `attachment; filename*=UTF-8''${escapeSegment(name)}`,
    'x-amz-meta-name': escapeSegment(name),
    'x-amz-checksum-algorithm': 'SHA256',
    'x-amz-checksum-sha256': sha256,
    tagging: PENDING,
  };
}

/** A bucket's own host or, at another endpoint, its path. */
function addressOf(bucket: string, region: string, endpoint: string | undefined) {
  const { origin, host } = new URL(endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`);
  return { origin, host, base: endpoint === undefined ? '' : `/${bucket}` };
}
