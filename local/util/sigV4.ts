import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credentials every local function has. */
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Why a request's signature (SigV4) is refused, if it is. */
export function signatureFault(request: IncomingMessage, body: Buffer, service: string): string | undefined {
  const { authorization = '' } = request.headers;
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, key, date = '', region = '', signedService = '', signedHeaders = '', given] =
    form.exec(authorization) ?? [];
  if (!given) return 'Missing Authentication Token';
  if (key !== CREDENTIALS.accessKeyId) return 'The security token included in the request is invalid.';
  if (signedService !== service) return `Credential should be scoped to correct service: '${service}'.`;
  if (!signedHeaders.split(';').includes('host'))
    return "'Host' must be a 'SignedHeader' in the AWS Authorization.";

  const time = String(request.headers['x-amz-date']);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical(request, signedHeaders, body))].join(
    '\n',
  );
  const signingKey = [region, service, 'aws4_request'].reduce(
    hmac,
    hmac(`AWS4${CREDENTIALS.secretAccessKey}`, date),
  );
  if (hmac(signingKey, toSign).toString('hex') !== given)
    return 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
  return undefined;
}

function canonical(request: IncomingMessage, signedHeaders: string, body: Buffer): string {
  const [rawPath = '/', query = ''] = (request.url ?? '/').split('?');
  const headers = signedHeaders.split(';').map((name) => {
    const value = request.headers[name];
    return `${name}:${String(value ?? '')
      .trim()
      .replaceAll(/ +/g, ' ')}\n`;
  });
  return [
    request.method,
    // Every service but S3 signs the path as it is on the wire, encoded once more.
    escaped(rawPath).replaceAll('%2F', '/'),
    query.split('&').sort().join('&'),
    headers.join(''),
    signedHeaders,
    request.headers['x-amz-content-sha256'] ?? sha256(body),
  ].join('\n');
}

const escaped = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
