import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The one account of the recording cloud. */
export const ACCOUNT = '123456789012';
export const CREDENTIALS = { accessKeyId: 'AKIACLOUDSTANDIN', secretAccessKey: 'stand-in-secret' };

/** The service of a request by its signature, or the reason of a refusal. */
export type Signed =
  | { ok: true; service: string; region: string }
  | { ok: false; code: string; message: string };

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Headers that a signature must cover besides the host, so that nothing on the way can change them. */
const MUST_BE_SIGNED = (name: string) => name === 'content-type' || name.startsWith('x-amz-');

/** Checks a request's signature (SigV4) as AWS does: key, scope, headers, payload and the signature itself. */
export function signatureOf(request: IncomingMessage, body: Buffer): Signed {
  const [, key, date = '', region = '', service = '', names = '', given] =
    FORM.exec(request.headers.authorization ?? '') ?? [];
  const refuse = (code: string, message: string): Signed => ({ ok: false, code, message });
  if (!given) return refuse('MissingAuthenticationToken', 'Request is missing Authentication Token');
  if (key !== CREDENTIALS.accessKeyId)
    return refuse('InvalidClientTokenId', 'The security token included in the request is invalid.');

  const signed = names.split(';');
  const unsigned = Object.keys(request.headers).filter(
    (name) => MUST_BE_SIGNED(name) && !signed.includes(name),
  );
  if (!signed.includes('host') || unsigned.length > 0)
    return refuse('SignatureDoesNotMatch', `Not signed: ${['host', ...unsigned].join()}`);

  const payload = String(request.headers['x-amz-content-sha256'] ?? sha256(body));
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body))
    return refuse('XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match the body.');

  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = canonicalRequest(request, service, signed, payload);
  const time = String(request.headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key4 = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  if (hmac(key4, toSign).toString('hex') !== given)
    return refuse('SignatureDoesNotMatch', 'The request signature we calculated does not match.');
  return { ok: true, service, region };
}

function canonicalRequest(
  request: IncomingMessage,
  service: string,
  signed: string[],
  payload: string,
): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const headers = signed.map((name) => `${name}:${trimmed(request.headers[name])}\n`);
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return [
    request.method,
    // S3 alone signs the path as it stands on the wire; every other service encodes it once more.
    service === 's3' ? path : path.split('/').map(encoded).join('/'),
    pairs.sort().join('&'),
    headers.join(''),
    signed.join(';'),
    payload,
  ].join('\n');
}

const trimmed = (value: string | string[] | undefined) =>
  String(value ?? '')
    .trim()
    .replaceAll(/ +/g, ' ');
const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
