import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A certificate that signs itself, and its key, for servers that stand in for AWS. */
export interface Certificate {
  cert: string;
  key: string;
}

const TAGS = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18 };
const SEQUENCE = 0x30;
const SET = 0x31;
const COMMON_NAME = '550403';
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const SUBJECT_ALTERNATIVE_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
const DAY_MS = 86_400_000;

/** Makes a certificate for a name and for 127.0.0.1, valid for a day either side of now (X.509 v3, RFC 5280). */
export function createCertificate(name = 'localhost'): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, oid(COMMON_NAME), der(TAGS.utf8, Buffer.from(name)))));
  const names = der(SEQUENCE, der(0x82, Buffer.from(name)), der(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = der(
    SEQUENCE,
    der(SEQUENCE, oid(BASIC_CONSTRAINTS), der(TAGS.boolean, Buffer.from([0xff])), authority()),
    der(SEQUENCE, oid(SUBJECT_ALTERNATIVE_NAME), der(TAGS.octets, names)),
  );
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = der(
    SEQUENCE,
    der(0xa0, der(TAGS.integer, Buffer.from([2]))),
    der(TAGS.integer, serial),
    algorithm,
    subject,
    der(SEQUENCE, time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    subject,
    spki,
    der(0xa3, extensions),
  );
  const whole = der(SEQUENCE, body, algorithm, bits(sign('sha256', body, privateKey)));
  return {
    cert: pem('CERTIFICATE', whole),
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** It may sign certificates: its own. */
function authority(): Buffer {
  return der(TAGS.octets, der(SEQUENCE, der(TAGS.boolean, Buffer.from([0xff]))));
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function oid(hex: string): Buffer {
  return der(TAGS.oid, Buffer.from(hex, 'hex'));
}

function bits(content: Buffer): Buffer {
  return der(TAGS.bits, Buffer.from([0]), content);
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(TAGS.time, Buffer.from(text));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
