/**
 * AWS Signature Version 4 for requests without a query, as
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html defines it. Each part is
 * computed only when it changes: the key daily, the headers each second, the hash for each body.
 */

import { createHmac, hash, type KeyObject } from 'node:crypto';
import { type Credentials, isSameCredentials } from '../credentials';
import { escapeSegment } from '../escapeSegment';
import { deriveKey } from '../signingKey';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The scope of a signature, and its credentials. */
export interface Signing {
  region: string;
  service: string;
  host: string;
  credentials(): Credentials;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Gives the text of a signed request for a path, one character a byte. The path is escaped as it is to be sent. */
export type Request = (path: string, method?: 'POST' | 'DELETE') => string;

/** Makes a body ready to be sent, once for all the paths it goes to. */
export type Sign = (contentType: string, body: string, headers?: Readonly<Record<string, string>>) => Request;

/** What stays the same for all requests of one second. */
interface Second {
  number: number;
  date: string;
  scope: string;
  key: KeyObject;
  credentials: Credentials;
}

export function createSigner({ region, service, host, credentials, now }: Signing): Sign {
  let day: { date: string; key: KeyObject } | undefined;
  let second: Second | undefined;

  const startSecond = (number: number, signer: Credentials): Second => {
    const date = new Date(number * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    const today = date.slice(0, 8);
    if (day?.date !== today || !second || !isSameCredentials(second.credentials, signer))
      day = { date: today, key: deriveKey(signer.secretAccessKey, today, region, service) };
    second = {
      number,
      date,
      scope: `${today}/${region}/${service}/aws4_request`,
      key: day.key,
      credentials: signer,
    };
    return second;
  };

  return (contentType, body, headers = {}) => {
    const bytes = Buffer.from(body);
    const bodyHash = sha256(bytes);
    const payload = bytes.toString('latin1');
    const signer = credentials();
    let current: (Block & { second: Second }) | undefined;

    return (path, method = 'POST') => {
      const number = Math.floor(now() / 1000);
      if (!second || second.number !== number || !isSameCredentials(second.credentials, signer))
        second = startSecond(number, signer);
      if (current?.second !== second) {
        const signed = { ...headers, 'content-type': contentType, host, 'x-amz-content-sha256': bodyHash };
        current = { second, ...blockOf(second, signed, bodyHash, bytes.length) };
      }
      const toSign = `${current.toSign}${sha256(`${method}\n${canonicalPath(path)}\n${current.canonical}`)}`;
      const signature = createHmac('sha256', second.key).update(toSign).digest('hex');
      return `${method} ${path} HTTP/1.1\r\n${current.head}${signature}\r\n\r\n${payload}`;
    };
  };
}

/** The parts of a request that do not depend on its path. */
interface Block {
  /** The canonical request from its query on. */
  canonical: string;
  /** The string to sign up to the canonical request's hash. */
  toSign: string;
  /** Header lines, up to the signature. */
  head: string;
}

function blockOf(
  { date, scope, credentials }: Second,
  given: Readonly<Record<string, string>>,
  bodyHash: string,
  length: number,
): Block {
  const { accessKeyId, sessionToken } = credentials;
  const headers = Object.entries({
    ...given,
    'x-amz-date': date,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = headers.map(([name]) => name).join(';');
  return {
    canonical: `\n${headers.map(([name, value]) => `${name}:${value}\n`).join('')}\n${names}\n${bodyHash}`,
    toSign: `${ALGORITHM}\n${date}\n${scope}\n`,
    head:
      headers.map(([name, value]) => `${name}: ${value}\r\n`).join('') +
      `content-length: ${length}\r\n` +
      `authorization: ${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`,
  };
}

/** Escapes a path once more than it is sent: every service but S3 signs it so. */
function canonicalPath(path: string): string {
  return escapeSegment(path).replaceAll('%2F', '/');
}

function sha256(data: string | Buffer): string {
  return hash('sha256', data, 'hex');
}
