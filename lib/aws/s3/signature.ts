import { createHmac, hash } from 'node:crypto';
import type { Credentials } from '../credentials';
import { escapeSegment } from '../escapeSegment';
import { deriveKey } from '../signingKey';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** What a signature is made for: a Region's S3, and the second of signing. */
export interface SigningScope {
  credentials: Credentials;
  region: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** A request whose signature stands in its address. `path` is escaped as it is to be sent. */
export interface AddressRequest {
  method: 'GET' | 'HEAD' | 'DELETE';
  host: string;
  path: string;
  query?: Readonly<Record<string, string>>;
  expiresInSeconds: number;
}

/** Gives the query of a signed address, as AWS's "authenticating requests: using query parameters" defines it. */
export function signQuery(
  { method, host, path, query = {}, expiresInSeconds }: AddressRequest,
  signing: SigningScope,
): string {
  const { date, scope } = scopeOf(signing);
  const { accessKeyId, sessionToken } = signing.credentials;
  const canonicalQuery = Object.entries({
    ...query,
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${accessKeyId}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(expiresInSeconds),
    'X-Amz-SignedHeaders': 'host',
    ...(sessionToken !== undefined && { 'X-Amz-Security-Token': sessionToken }),
  })
    .map(([name, value]) => `${escapeSegment(name)}=${escapeSegment(value)}`)
    .sort()
    .join('&');
  const canonical = `${method}\n${path}\n${canonicalQuery}\nhost:${host}\n\nhost\nUNSIGNED-PAYLOAD`;
  const toSign = `${ALGORITHM}\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`;
  return `${canonicalQuery}&X-Amz-Signature=${sign(toSign, signing)}`;
}

/** Gives the fields of a form that uploads what its fields and its policy say, and nothing else. */
export function signForm(
  fields: Readonly<Record<string, string>>,
  { bucket, bytes, expiresAt }: { bucket: string; bytes: number; expiresAt: number },
  signing: SigningScope,
): Record<string, string> {
  const { date, scope } = scopeOf(signing);
  const { accessKeyId, sessionToken } = signing.credentials;
  const exact = {
    ...fields,
    'x-amz-algorithm': ALGORITHM,
    'x-amz-credential': `${accessKeyId}/${scope}`,
    'x-amz-date': date,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const conditions = [
    { bucket },
    ...Object.entries(exact).map(([name, value]) => ({ [name]: value })),
    ['content-length-range', bytes, bytes],
  ];
  const policy = Buffer.from(
    JSON.stringify({ expiration: new Date(expiresAt).toISOString(), conditions }),
  ).toString('base64');
  return { ...exact, policy, 'x-amz-signature': sign(policy, signing) };
}

function scopeOf({ region, now }: SigningScope): { date: string; scope: string } {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  return { date, scope: `${date.slice(0, 8)}/${region}/s3/aws4_request` };
}

function sign(text: string, { credentials, region, now }: SigningScope): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return createHmac('sha256', deriveKey(credentials.secretAccessKey, day, region, 's3'))
    .update(text)
    .digest('hex');
}
