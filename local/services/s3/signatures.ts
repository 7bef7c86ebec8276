import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CREDENTIALS } from '../../util/sigV4';

/** What S3 answers instead of doing what it was asked for. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

const SCOPE = /^([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

export const denied = (message: string): Refusal => ({ status: 403, code: 'AccessDenied', message });

const MISMATCH: Refusal = {
  status: 403,
  code: 'SignatureDoesNotMatch',
  message: 'The request signature we calculated does not match the signature you provided.',
};

/** Why an address that carries its signature is refused, if it is. */
export function addressFault(request: IncomingMessage, now: number): Refusal | undefined {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const parameters = new URLSearchParams(query);
  const given = parameters.get('X-Amz-Signature');
  const scope = SCOPE.exec(parameters.get('X-Amz-Credential') ?? '');
  const date = parameters.get('X-Amz-Date') ?? '';
  if (given === null || !scope) return denied('Access Denied');
  const [, key, day = '', region = ''] = scope;
  if (key !== CREDENTIALS.accessKeyId) return denied('The AWS Access Key Id does not exist.');
  if (parameters.get('X-Amz-SignedHeaders') !== 'host') return denied('Only the host may be signed here.');
  const ends = timeOf(date) + Number(parameters.get('X-Amz-Expires')) * 1000;
  if (!(now < ends)) return denied('Request has expired');

  const signed = query.split('&').filter((part) => !part.startsWith('X-Amz-Signature='));
  const canonical = [
    request.method,
    path,
    signed.sort().join('&'),
    `host:${request.headers.host}\n`,
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  return given === signature(toSign, day, region) ? undefined : MISMATCH;
}

/** Why a form's policy is refused for its signature or its age, if it is. */
export function formFault(fields: ReadonlyMap<string, string>, now: number): Refusal | undefined {
  const [, key, day = '', region = ''] = SCOPE.exec(fields.get('x-amz-credential') ?? '') ?? [];
  if (key !== CREDENTIALS.accessKeyId) return denied('The AWS Access Key Id does not exist.');
  const policy = fields.get('policy') ?? '';
  if (fields.get('x-amz-signature') !== signature(policy, day, region)) return MISMATCH;
  const { expiration } = JSON.parse(Buffer.from(policy, 'base64').toString()) as { expiration?: string };
  if (!(now < Date.parse(expiration ?? ''))) return denied('Invalid according to Policy: Policy expired.');
  return undefined;
}

function timeOf(date: string): number {
  const [, year, month, day, hour, minute, second] = DATE.exec(date) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function signature(text: string, day: string, region: string): string {
  const key = [region, 's3', 'aws4_request'].reduce(hmac, hmac(`AWS4${CREDENTIALS.secretAccessKey}`, day));
  return hmac(key, text).toString('hex');
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
